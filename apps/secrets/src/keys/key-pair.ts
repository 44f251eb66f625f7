import { createHash, type JsonWebKey } from 'node:crypto';
import type { GeneratedKey, SigningKeySpec } from '../kek/key-provider.js';
import { KEY_PROFILES, type KeySlot } from './key-profile.rules.js';

/** What a key of a slot is. */
export const specOf = ({ purpose, alg }: KeySlot): SigningKeySpec => ({
  alg,
  bits: KEY_PROFILES[purpose].bits ?? 3072,
});

/**
 * A key's name, and its public JWK (RFC 7517) complete with `kid`, `alg` and `use`. The name begins with no dash: on a
 * command line it would be taken for an option.
 */
export function named({ publicJwk }: GeneratedKey, { alg }: KeySlot): { kid: string; publicJwk: JsonWebKey } {
  const kid = thumbprint(publicJwk).replace(/^-+/, '').slice(0, 16);
  return { kid, publicJwk: { ...publicJwk, kid, alg, use: 'sig' } };
}

/** The members of a public key that name it (RFC 7638 §3.2, RFC 8037 §2). */
function essence(jwk: JsonWebKey): object {
  if (jwk.kty === 'RSA') return { e: jwk.e, kty: jwk.kty, n: jwk.n };
  if (jwk.kty === 'EC') return { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y };
  return { crv: jwk.crv, kty: jwk.kty, x: jwk.x };
}

/** JWK thumbprint (RFC 7638), base64url. */
const thumbprint = (jwk: JsonWebKey): string =>
  createHash('sha256')
    .update(JSON.stringify(essence(jwk)))
    .digest('base64url');
