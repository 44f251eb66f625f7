import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '#contracts';
import { ISSUER } from './access-token-verifier.js';
import { readHeader, verifySignature, type Claims } from './jws.rules.js';
import { KeyCache } from './key-cache.js';

/** What an ID token of ours says that an application shows again: who signed in there, in which session. */
export interface IdTokenHint {
  user_id: string;
  client_id: string;
  session_id: string;
}

const VERIFIES = new Set(['next', 'active', 'retiring']);

/** Reads ID tokens that applications show as a hint (OpenID Connect RP-Initiated Logout 1.0 §2). */
@Injectable()
export class IdTokenReader {
  constructor(
    @Inject(ISSUER) private readonly issuer: string,
    private readonly keys: KeyCache,
  ) {}

  /** What a token says; nothing when we did not sign it. It may have expired: a sign-out comes hours after a sign-in. */
  async read(token: string): Promise<IdTokenHint | undefined> {
    try {
      const { header } = readHeader(token);
      const found = (await this.keys.all()).find(
        (k) => k.kid === header.kid && k.purpose === 'id_token' && VERIFIES.has(k.state),
      );
      if (!found) return undefined;
      const key = createPublicKey({ key: found.jwk as JsonWebKey, format: 'jwk' });
      return this.hintIn(verifySignature(token, { kid: found.kid, typ: 'JWT', alg: found.alg, key }));
    } catch (error) {
      if (error instanceof Refusal && error.kind === 'unauthenticated') return undefined;
      throw error;
    }
  }

  private hintIn({ iss, sub, aud, sid }: Claims): IdTokenHint | undefined {
    if (iss !== this.issuer || typeof sub !== 'string' || typeof aud !== 'string' || typeof sid !== 'string') {
      return undefined;
    }
    return { user_id: sub, client_id: aud, session_id: sid };
  }
}
