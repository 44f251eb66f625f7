import { Injectable } from '@nestjs/common';
import type { Call, SignedToken, SignTokenRequest } from '#contracts';
import { AuditLog } from '../audit/audit-log.service.js';
import { callerOf } from '../audit/caller-of.js';
import { Keyring } from '../keys/keyring.service.js';
import { SecretsConfig } from '../secrets.config.js';
import { admitClaims } from './token-policy.rules.js';

const base64url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

/** Signs tokens: claims in, compact JWS out. Nobody has bytes of their own choice signed. */
@Injectable()
export class TokensService {
  constructor(
    private readonly keyring: Keyring,
    private readonly audit: AuditLog,
    private readonly config: SecretsConfig,
  ) {}

  /** @throws Refusal `sealed`, `claims_refused`; `unavailable` when the use cannot be recorded */
  async sign({ purpose, alg: wanted, claims }: SignTokenRequest, call: Call): Promise<SignedToken> {
    const { kid, alg, sign } = this.keyring.current(purpose, wanted);
    const now = Math.floor(Date.now() / 1000);
    const terms = { caller: call.caller, issuer: this.config.publicUrl, now };
    const { policy, payload, jti } = admitClaims(purpose, claims, terms);
    const input = `${base64url(JSON.stringify({ alg, typ: policy.typ, kid }))}.${base64url(payload)}`;
    // Both at once; the token leaves only when its entry is committed.
    const [signature] = await Promise.all([
      sign(Buffer.from(input, 'ascii')),
      this.audit.append({ action: `${purpose}.sign`, kid, subject: jti, ...callerOf(call) }),
    ]);
    return { token: `${input}.${signature.toString('base64url')}`, kid };
  }
}
