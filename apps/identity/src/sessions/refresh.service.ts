import { Injectable } from '@nestjs/common';
import {
  InvalidScope,
  RefreshTokenExpired,
  RefreshTokenInvalid,
  RefreshTokenReused,
  type Call,
  type IssuedTokens,
  type Refusal,
  type RefreshSessionRequest,
} from '#contracts';
import { ClientProof } from '../clients/client-proof.service.js';
import { MacKeys } from '../keys/mac-keys.service.js';
import { TokenSigner } from '../keys/token-signer.service.js';
import { LicenseTokens } from '../license-tokens/license-tokens.service.js';
import { revokedUntil } from '../revocations/revocations.service.js';
import { viewOf } from '../users/website-user.entity.js';
import { endOf } from './auth-session.entity.js';
import { hashToken, readRefreshToken, writeRefreshToken } from './refresh-token.rules.js';
import { RefreshRepository, type RefreshedSession } from './refresh.repository.js';

/**
 * Refreshes: one statement, then one signature. The successor follows from the token shown and is stored nowhere, so
 * when the answer is lost after the statement the same question gets the same token again (R-RF5). The access token
 * before stays good until it expires (R-RF10).
 */
@Injectable()
export class RefreshService {
  constructor(
    private readonly keys: MacKeys,
    private readonly attempts: RefreshRepository,
    private readonly signer: TokenSigner,
    private readonly licenses: LicenseTokens,
    private readonly clients: ClientProof,
  ) {}

  /**
   * @throws Refusal `refresh_token_invalid`, `refresh_token_expired`, `refresh_token_reused`;
   *   `client_authentication_failed`, `invalid_scope`
   */
  async refresh(asked: RefreshSessionRequest, { origin }: Call): Promise<IssuedTokens> {
    const { refresh_token, client_id } = asked;
    const claim = readRefreshToken(this.keys.refresh, refresh_token);
    if (!claim) throw RefreshTokenInvalid.with();
    const authenticated = await this.clients.proves(asked);
    const scopes = asked.scope?.trim() ? asked.scope.split(' ').filter(Boolean) : undefined;
    const successor = writeRefreshToken(this.keys.refresh, { ...claim, generation: claim.generation + 1 });
    const session = await this.attempts.rotate({
      ...claim,
      presented_hash: hashToken(refresh_token),
      successor_hash: hashToken(successor),
      client_id,
      authenticated,
      scopes,
      user_agent: origin.user_agent?.slice(0, 512),
      ip: origin.ip?.slice(0, 64),
      revoked_until: revokedUntil(Date.now()),
    });
    if (session?.verdict !== 'rotated' && session?.verdict !== 'replayed') {
      throw this.refusalOf(session, claim.generation);
    }
    return this.answer(scopes && session.scopes ? { ...session, scopes } : session, successor);
  }

  private async answer(session: RefreshedSession, refresh_token: string): Promise<IssuedTokens> {
    const secondsLeft = Math.floor((session.session_expires_at.getTime() - Date.now()) / 1_000);
    // An access token never outlives its session.
    const ttl = Math.max(1, Math.min(session.access_ttl, secondsLeft));
    const wanted = {
      user_id: session.id,
      entitlement_version: session.entitlement_version,
      ttl: session.license_token_ttl,
    };
    const [access_token, license_token] = await Promise.all([
      this.signer.signAccess({ ...session, user_id: session.id, ttl }),
      this.licenses.choose(wanted, session.license_token),
    ]);
    const ends = endOf({ expires_at: session.session_expires_at, idle_expires_at: session.session_idle_expires_at });
    return {
      tokens: {
        access_token,
        token_type: 'Bearer',
        expires_in: ttl,
        refresh_token,
        ...(license_token ? { license_token } : {}),
        user: viewOf(session),
      },
      client_id: session.client_id,
      session_id: session.session_id,
      refresh_expires_at: ends.toISOString(),
    };
  }

  private refusalOf(session: RefreshedSession | undefined, generation: number): Refusal {
    if (!session) return RefreshTokenInvalid.with();
    const { verdict } = session;
    if (verdict === 'wider_scope') return InvalidScope.with();
    if (session.revoked_reason === 'reuse' && generation < session.current_generation) return RefreshTokenReused.with();
    return session.revoked_reason === 'expired' ? RefreshTokenExpired.with() : RefreshTokenInvalid.with();
  }
}
