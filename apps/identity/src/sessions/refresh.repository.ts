import { Injectable } from '@nestjs/common';
import type { ClientPolicy } from '#contracts';
import { eventHeaders, Outbox, Transactions } from '#persistence';
import type { CachedLicenseToken } from '../license-tokens/license-tokens.repository.js';
import { REFRESH_STATEMENT } from './refresh.queries.js';
import { type UserColumns } from '../users/website-user.entity.js';

/** What became of an authentic refresh token; see `refresh.queries.ts`. */
export type RefreshVerdict =
  'rotated' | 'replayed' | 'reused' | 'expired' | 'revoked' | 'wrong_client' | 'wider_scope' | 'inactive' | 'unknown';

/** An authentic token as it was shown, and the token that follows it. */
export interface RefreshAttempt {
  session_id: string;
  generation: number;
  presented_hash: Buffer;
  successor_hash: Buffer;
  client_id: string | undefined;
  /** Whether that client is confidential and has shown its secret. */
  authenticated: boolean;
  /** The scopes that the new access token is to have, when not all that were granted. */
  scopes: string[] | undefined;
  user_agent: string | undefined;
  ip: string | undefined;
  /** Until when a revocation has to be remembered, should this attempt end the session. */
  revoked_until: Date;
}

export type RefreshPolicy = Pick<
  ClientPolicy,
  'client_id' | 'audience' | 'access_ttl' | 'delivery' | 'license_token_ttl' | 'signing_alg'
>;

/** The session after the attempt, with everything that the answer needs. */
export interface RefreshedSession extends UserColumns, RefreshPolicy {
  verdict: RefreshVerdict;
  session_id: string;
  current_generation: number;
  revoked_reason: string | null;
  amr: string[];
  auth_time: Date;
  /** What an application was allowed; null where the person signed in for everything. */
  scopes: string[] | null;
  session_expires_at: Date;
  session_idle_expires_at: Date;
  entitlement_version: number;
  license_token: CachedLicenseToken | null;
}

/** Rotates refresh tokens: the one statement of a refresh. */
@Injectable()
export class RefreshRepository {
  constructor(
    private readonly tx: Transactions,
    private readonly outbox: Outbox,
  ) {}

  /** Decides about the attempt and writes down what follows from it; `undefined` when there is no such session. */
  async rotate(attempt: RefreshAttempt): Promise<RefreshedSession | undefined> {
    const [row] = await this.tx.query<RefreshedSession>(REFRESH_STATEMENT, [
      attempt.session_id,
      attempt.presented_hash,
      attempt.successor_hash,
      attempt.generation,
      attempt.client_id ?? null,
      attempt.user_agent ?? null,
      attempt.ip ?? null,
      attempt.revoked_until.toISOString(),
      eventHeaders(),
      attempt.authenticated,
      attempt.scopes ?? null,
    ]);
    this.outbox.wake();
    return row;
  }
}
