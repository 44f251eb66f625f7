import { Injectable } from '@nestjs/common';
import { OFFLINE_SCOPE, type ClientPolicy, type IssuedTokens, type RequestOrigin, type SignedIn } from '#contracts';
import { newId, Transactions } from '#persistence';
import type { Grant } from '../clients/clients-file.rules.js';
import { assertGrant } from '../clients/clients.service.js';
import type { CachedLicenseToken } from '../license-tokens/license-tokens.repository.js';
import type { PendingSignIn } from '../mfa/mfa-challenges.repository.js';
import { SecondFactors } from '../mfa/second-factors.service.js';
import { viewOf } from '../users/website-user.entity.js';
import { endOf } from './auth-session.entity.js';
import { hashToken } from './refresh-token.rules.js';
import { SessionOpening } from './session-opening.service.js';
import { SessionTokens } from './session-tokens.service.js';
import type { NewSession } from './sessions.repository.js';

/** Who asks for tokens, and what has been proven so far. */
export interface Proofs {
  user: {
    id: string;
    roles: string[];
    entitlement_version: number;
    credential_version?: number;
    /** Whether two-step sign-in is on, where that was read already. */
    asks_for_second_factor?: boolean;
  };
  policy: ClientPolicy;
  grant: Grant;
  /** How the person proved to be who they are (RFC 8176): `pwd`, … */
  amr: string[];
  origin: RequestOrigin;
  /** The installation that the session belongs to. */
  device_id?: string;
  /** When a credential was shown to us; default: now. */
  auth_time?: Date;
  /** Id of the session to be opened, where something else has to name it; default: a new one. */
  session_id?: string;
  /** What the access token is limited to (RFC 9068 §2.2.3); absent: to nothing. */
  scopes?: string[];
  /** The member of staff who acts in the person's name: not asked for a factor of the person's, nor known by a device. */
  impersonator_id?: string;
  /** Under what failures of the sign-in name are counted, when one was typed. */
  guard?: Buffer;
  /** The license token that is kept for the account, where it was read already. */
  kept_license?: CachedLicenseToken | null;
}

/** The one place where sessions and their tokens come from: no way in has its own. */
@Injectable()
export class TokenIssuer {
  constructor(
    private readonly tx: Transactions,
    private readonly sessions: SessionOpening,
    private readonly tokens: SessionTokens,
    private readonly factors: SecondFactors,
  ) {}

  /**
   * Opens a session, or asks for the second factor when the account wants one and none was shown: then nothing else
   * happens, and `alongside` neither. Whoever signs does so before the transaction, which holds no connection while it waits for others;
   * what was signed is worth nothing unless the session is written.
   * @param alongside what else belongs to the same transaction, before the session; without it one statement does it all
   * @throws Refusal `grant_not_allowed`; `invalid_credentials` when the account is suspended, deleted or gone
   */
  async issueTokens(proofs: Proofs, alongside?: () => Promise<void>): Promise<SignedIn> {
    const { user, policy } = proofs;
    assertGrant(policy, proofs.grant);
    const challenge = proofs.impersonator_id
      ? undefined
      : await this.factors.challenge(pendingOf(proofs), user.asks_for_second_factor);
    if (challenge) return { challenge };
    const session = newSession(proofs);
    const refresh_token = this.tokens.refreshTokenOf(session);
    if (mayRefresh(proofs)) session.refresh_token_hash = hashToken(refresh_token);
    const [access_token, license_token] = await this.tokens.sign(proofs, session);
    // Dated before the session, so that a recovery that ends the session forgets its device as well.
    const device_token = proofs.impersonator_id ? undefined : this.sessions.deviceToken(session, proofs.origin);
    const open = () => this.sessions.open(session, proofs);
    const person = await (alongside ? this.tx.run(() => alongside().then(open)) : open());
    const issued: IssuedTokens = {
      tokens: {
        access_token,
        token_type: 'Bearer',
        expires_in: policy.access_ttl,
        ...(session.refresh_token_hash ? { refresh_token } : {}),
        ...(license_token ? { license_token } : {}),
        user: viewOf(person),
      },
      client_id: policy.client_id,
      session_id: session.id,
      refresh_expires_at: endOf(session).toISOString(),
      ...(device_token ? { device_token } : {}),
    };
    return { issued };
  }
}

/** Where a scope is set, it says whether there is a refresh token (OpenID Connect Core §11). */
const mayRefresh = ({ policy, scopes }: Proofs): boolean =>
  policy.delivery !== 'none' && (!scopes || scopes.includes(OFFLINE_SCOPE));

const pendingOf = ({ user, policy, grant, amr, device_id, scopes }: Proofs): PendingSignIn => ({
  ...{ user_id: user.id, client_id: policy.client_id, grant_name: grant, amr },
  ...{ device_id: device_id ?? null, scopes: scopes ?? null, credential_version: user.credential_version ?? null },
});

function newSession(proofs: Proofs): NewSession {
  const { user, policy, amr, origin, auth_time, scopes, session_id } = proofs;
  const now = Date.now();
  // Of a scoped session without a refresh token nothing is left when its access token is over.
  const brief = scopes && !mayRefresh(proofs) ? policy.access_ttl : Infinity;
  return {
    id: session_id ?? newId(),
    user_id: user.id,
    client_id: policy.client_id,
    device_id: proofs.device_id ?? null,
    refresh_token_hash: null,
    user_agent: origin.user_agent?.slice(0, 512) ?? null,
    ip: origin.ip?.slice(0, 64) ?? null,
    amr,
    auth_time: auth_time ?? new Date(now),
    scopes: scopes ?? null,
    impersonated_by: proofs.impersonator_id ?? null,
    idle_expires_at: new Date(now + Math.min(policy.refresh_idle_ttl, brief) * 1_000),
    expires_at: new Date(now + Math.min(policy.refresh_ttl, brief) * 1_000),
  };
}
