import { Injectable } from '@nestjs/common';
import {
  ImpersonationStarted,
  NotFound,
  NotImpersonable,
  type Call,
  type ClientPolicy,
  type ImpersonateRequest,
  type SignedIn,
  type UserActor,
} from '#contracts';
import { newId, Outbox } from '#persistence';
import { TokenIssuer } from '../sessions/token-issuer.service.js';
import { AccountStatesRepository, type AccountState } from './account-states.repository.js';
import { AdminRefusals } from './admin-refusals.service.js';
import { IMPERSONATION } from '../mfa/sufficient.rules.js';
import { ImpersonationParts } from './impersonation-parts.js';

/** Longest life of such a session, in seconds (R-AD3). */
const LONGEST = 3_600;

/** In `amr`: nobody has shown a factor of the person's. */
const AMR = [IMPERSONATION];

/** Lets staff see what a person sees, in a session that says so everywhere. */
@Injectable()
export class Impersonation {
  constructor(
    private readonly parts: ImpersonationParts,
    private readonly accounts: AccountStatesRepository,
    private readonly refusals: AdminRefusals,
    private readonly issuer: TokenIssuer,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Refusal `not_found`, `not_impersonable`, `unknown_client` */
  async start(actor: UserActor, asked: ImpersonateRequest, { origin }: Call): Promise<SignedIn> {
    const { user_id, reason } = asked;
    const policy = limited(this.parts.clients.policyOf(asked.client_id));
    const account = await this.parts.tx.run(() => this.accounts.lock(user_id));
    if (!account || account.deleted_at) throw NotFound.with();
    await this.refusals.on(user_id, 'impersonate', async () => this.assertImpersonable(actor, account));
    const session_id = newId();
    const impersonator_id = actor.user_id;
    const proofs = { user: account, policy, grant: 'impersonation' as const, amr: AMR, origin };
    const auth_time = new Date(actor.auth_time * 1_000);
    const started = { user_id, session_id, impersonator_id };
    return this.issuer.issueTokens({ ...proofs, auth_time, session_id, impersonator_id }, async () => {
      await this.outbox.append(ImpersonationStarted, started, { key: user_id, note: reason });
      // Without the session: whose address and program it is, is none of the person's business.
      await this.parts.notices.send({ user_id, notice: 'staff_access' });
    });
  }

  private assertImpersonable(actor: UserActor, account: AccountState): void {
    const isPowerful = this.parts.roles.permissionsOf(account.roles).size > 0;
    if (isPowerful || !account.is_active || account.id === actor.user_id) throw NotImpersonable.with();
  }
}

/** The client's audience and keys, and nothing that outlives the hour: no refresh token, no license token. */
const limited = (policy: ClientPolicy): ClientPolicy => ({
  ...policy,
  delivery: 'none',
  access_ttl: Math.min(policy.access_ttl, LONGEST),
  refresh_ttl: Math.min(policy.access_ttl, LONGEST),
  refresh_idle_ttl: Math.min(policy.access_ttl, LONGEST),
  license_token_ttl: 0,
  grants: ['impersonation'],
});
