import { Injectable } from '@nestjs/common';
import {
  InvalidCredentials,
  Refusal,
  type Call,
  type ClientPolicy,
  type SignedIn,
  type LoginRequest,
} from '#contracts';
import { assertGrant, Clients } from '../clients/clients.service.js';
import { CredentialCheck } from './credential-check.service.js';
import type { Credentials, TypedName } from './credentials.repository.js';
import { normalName } from './login-guard.rules.js';
import { SignInAttempts, type Lane } from './sign-in-attempts.service.js';
import { TokenIssuer, type Proofs } from './token-issuer.service.js';

type FailureReason = 'unknown_account' | 'wrong_password' | 'blocked' | 'inactive';

interface Attempt {
  input: LoginRequest;
  call: Call;
  policy: ClientPolicy;
  lane: Lane;
}

/**
 * Sign-in with a password. Whatever is wrong (no such name, wrong password, suspended, blocked for a while) the answer
 * is one and the same, after the same work: the look-ups, one hash, one failure written (R-BF5, R-EN1, R-EN2).
 */
@Injectable()
export class SignInService {
  constructor(
    private readonly clients: Clients,
    private readonly credentials: CredentialCheck,
    private readonly attempts: SignInAttempts,
    private readonly issuer: TokenIssuer,
  ) {}

  /** @throws Refusal `invalid_credentials`, `unknown_client`, `grant_not_allowed`, `rate_limited`, `overloaded` */
  async login(input: LoginRequest, call: Call): Promise<SignedIn> {
    const policy = this.clients.policyOf(input.client_id);
    assertGrant(policy, 'password');
    const lanes = this.attempts.lanesOf(input.login, call.origin);
    const typed: TypedName = {
      typed: input.login,
      name: normalName(input.login),
      lanes,
      realm: input.realm ?? 'any',
      licenseTtl: policy.license_token_ttl,
    };
    const lookup = await this.credentials.find(typed);
    const lane = this.attempts.laneOf(lanes, lookup);
    if (!lane.known) this.attempts.assertBudget();
    const attempt = { input, call, policy, lane };
    const offered = { password: input.password, deadline: call.deadline, counts: !lane.blocked };
    const { found, matches, outdated } = await this.credentials.compare(lookup, typed, offered);
    if (lane.blocked) return this.fail(attempt, found, 'blocked');
    if (!found) return this.fail(attempt, found, 'unknown_account');
    if (!matches) return this.fail(attempt, found, 'wrong_password');
    if (!found.is_active || found.deleted_at) return this.fail(attempt, found, 'inactive');
    return this.enter(attempt, found, outdated);
  }

  private async enter(attempt: Attempt, found: Credentials, outdated: boolean): Promise<SignedIn> {
    const { input, call, policy, lane } = attempt;
    const newHash = outdated ? await this.credentials.rehash(input.password, call.deadline) : undefined;
    const proofs: Proofs = {
      ...{ user: found, policy, grant: 'password', amr: ['pwd'], origin: call.origin },
      guard: lane.key,
      kept_license: found.license_token,
    };
    const replace = newHash === undefined ? undefined : () => this.credentials.replaceHash(found, newHash);
    try {
      return await this.issuer.issueTokens(proofs, replace);
    } catch (error) {
      if (!(error instanceof Refusal && error.is(InvalidCredentials))) throw error;
      return this.fail(attempt, found, 'blocked');
    }
  }

  private async fail({ policy, lane }: Attempt, found: Credentials | undefined, reason: FailureReason): Promise<never> {
    await this.attempts.fail(lane.key, { user_id: found?.id ?? null, client_id: policy.client_id, reason });
    throw InvalidCredentials.with();
  }
}
