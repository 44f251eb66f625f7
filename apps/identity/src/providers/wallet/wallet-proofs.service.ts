import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  WalletProofInvalid,
  type ClientPolicy,
  type ProveWalletRequest,
  type StartWalletRequest,
  type WalletMessage,
} from '#contracts';
import { IdentityConfig } from '../../identity.config.js';
import type { ProvenIdentity } from '../../identities/proven-identity.js';
import { digestOf } from '../attempt.rules.js';
import { WalletChallengesRepository } from './wallet-challenges.repository.js';
import { checksummed, nonceIn, signerOf, writeMessage } from './wallet.rules.js';

const LIFE_MS = 5 * 60_000;
const STATEMENTS = {
  login: 'Sign in to Gatehouse. This costs nothing and moves nothing.',
  link: 'Link this wallet to your Gatehouse account. Whoever holds it can sign in to the account from then on.',
};

/** For what a message is given, and by whose leave. */
export interface WalletPurpose {
  policy: ClientPolicy;
  /** Whose account gets the wallet; absent at a sign-in. */
  linkFor?: string;
}

/** Proofs that somebody holds a wallet (EIP-4361). The message is ours, and it has to come back as it was given. */
@Injectable()
export class WalletProofs {
  constructor(
    private readonly config: IdentityConfig,
    private readonly challenges: WalletChallengesRepository,
  ) {}

  async start(input: StartWalletRequest, { policy, linkFor }: WalletPurpose): Promise<WalletMessage> {
    const nonce = randomBytes(16).toString('hex');
    const issued_at = new Date();
    const expires_at = new Date(issued_at.getTime() + LIFE_MS);
    const message = writeMessage({
      ...{ nonce, issued_at, expires_at, address: input.address },
      origin: input.origin ?? new URL(this.config.publicUrl).origin,
      statement: linkFor ? STATEMENTS.link : STATEMENTS.login,
      chain_id: this.config.walletChainId,
    });
    await this.challenges.add({
      nonce_hash: digestOf(nonce),
      message_hash: digestOf(message),
      address: input.address.toLowerCase(),
      client_id: policy.client_id,
      user_id: linkFor ?? null,
      expires_at,
    });
    return { message };
  }

  /** @throws Refusal `wallet_proof_invalid` */
  async check({ message, signature }: ProveWalletRequest, { policy, linkFor }: WalletPurpose): Promise<ProvenIdentity> {
    const nonce = nonceIn(message);
    const address = nonce && signerOf(message, signature);
    const isOurs =
      address &&
      (await this.challenges.consume({
        nonce_hash: digestOf(nonce),
        message_hash: digestOf(message),
        address,
        client_id: policy.client_id,
        user_id: linkFor ?? null,
      }));
    if (!isOurs) throw WalletProofInvalid.with();
    return { kind: 'wallet', subject: address, label: checksummed(address), verified_email: null };
  }
}
