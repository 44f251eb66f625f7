import { Injectable } from '@nestjs/common';
import { MacKeys } from '../keys/mac-keys.service.js';
import { TokenSigner } from '../keys/token-signer.service.js';
import { LicenseTokens } from '../license-tokens/license-tokens.service.js';
import { writeRefreshToken } from './refresh-token.rules.js';
import type { NewSession } from './sessions.repository.js';
import type { Proofs } from './token-issuer.service.js';

/** The tokens that a session begins with. They are worth nothing unless the session is written. */
@Injectable()
export class SessionTokens {
  constructor(
    private readonly keys: MacKeys,
    private readonly signer: TokenSigner,
    private readonly licenses: LicenseTokens,
  ) {}

  refreshTokenOf(session: NewSession): string {
    return writeRefreshToken(this.keys.refresh, { session_id: session.id, generation: 0 });
  }

  sign(
    { user, policy, kept_license }: Proofs,
    session: NewSession,
  ): Promise<[access: string, license: string | undefined]> {
    const { id: session_id, user_id, client_id, amr, auth_time, scopes } = session;
    const { audience, access_ttl: ttl, signing_alg } = policy;
    const { roles, entitlement_version } = user;
    const license = { user_id, entitlement_version, ttl: policy.license_token_ttl };
    const { impersonated_by } = session;
    const claims = {
      impersonated_by,
      user_id,
      session_id,
      client_id,
      audience,
      roles,
      amr,
      auth_time,
      scopes,
      signing_alg,
      ttl,
    };
    return Promise.all([
      this.signer.signAccess(claims),
      kept_license === undefined ? this.licenses.find(license) : this.licenses.choose(license, kept_license),
    ]);
  }
}
