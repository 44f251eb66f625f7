import { Injectable } from '@nestjs/common';
import {
  IdentityRefused,
  Refusal,
  type Call,
  type Identity,
  type IdentityRefusedData,
  type ProveWalletRequest,
  type SignedIn,
  type StartWalletRequest,
  type UserActor,
  type WalletMessage,
} from '#contracts';
import { Outbox } from '#persistence';
import { assertGrant, Clients } from '../../clients/clients.service.js';
import { IdentityEntry } from '../../identities/identity-entry.service.js';
import { IdentityLinks } from '../../identities/identity-links.service.js';
import { WalletProofs } from './wallet-proofs.service.js';

/** Signing in with a wallet, and linking one. */
@Injectable()
export class Wallets {
  constructor(
    private readonly clients: Clients,
    private readonly proofs: WalletProofs,
    private readonly entry: IdentityEntry,
    private readonly links: IdentityLinks,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Refusal `unknown_client`, `grant_not_allowed` */
  async start(input: StartWalletRequest): Promise<WalletMessage> {
    const policy = this.clients.policyOf(input.client_id, 'web3');
    assertGrant(policy, 'web3');
    return this.proofs.start(input, { policy });
  }

  /** @throws Refusal `wallet_proof_invalid`, `sign_in_refused` */
  async login(input: ProveWalletRequest, { origin }: Call): Promise<SignedIn> {
    const policy = this.clients.policyOf(input.client_id, 'web3');
    assertGrant(policy, 'web3');
    const identity = await this.told(policy.client_id, null, this.proofs.check(input, { policy }));
    const terms = { policy, grant: 'web3' as const, amr: ['pop'], origin, register: true };
    const entered = await this.told(policy.client_id, null, this.entry.enter(identity, terms));
    return entered!.signed_in;
  }

  async startLink(input: StartWalletRequest, actor: UserActor): Promise<WalletMessage> {
    const policy = this.clients.policyOf(input.client_id ?? actor.client_id);
    return this.proofs.start(input, { policy, linkFor: actor.user_id });
  }

  /** @throws Refusal `wallet_proof_invalid`, `identity_taken` */
  async link(input: ProveWalletRequest, actor: UserActor): Promise<Identity> {
    const policy = this.clients.policyOf(input.client_id ?? actor.client_id);
    const { user_id } = actor;
    const identity = await this.told(policy.client_id, user_id, this.proofs.check(input, { policy, linkFor: user_id }));
    return this.told(policy.client_id, user_id, this.links.link(actor, identity));
  }

  /** A refusal is told before it is thrown. */
  private async told<T>(client_id: string, user_id: string | null, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof Refusal && error.kind !== 'unavailable') {
        await this.tell({ client_id, user_id, reason: error.code });
      }
      throw error;
    }
  }

  private tell(refused: Pick<IdentityRefusedData, 'client_id' | 'user_id' | 'reason'>): Promise<void> {
    const data: IdentityRefusedData = { provider: 'wallet', ...refused };
    return this.outbox.append(IdentityRefused, data);
  }
}
