import { createHash, generateKeyPair, type JsonWebKey } from 'node:crypto';
import { promisify } from 'node:util';
import { KEY_PROFILES, type KeySlot } from './key-profile.rules.js';

/** A key pair that was just made. Wipe `pkcs8` once it is sealed. */
export interface KeyPair extends KeySlot {
  kid: string;
  /** Public JWK (RFC 7517), complete with `kid`, `alg` and `use`. */
  publicJwk: JsonWebKey;
  /** Private key, PKCS #8 in DER. */
  pkcs8: Buffer;
}

const generate = promisify(generateKeyPair);

/** Makes a key pair for a slot on the thread pool; an RSA key takes up to some seconds. */
export async function newKeyPair({ purpose, alg }: KeySlot): Promise<KeyPair> {
  const { publicKey, privateKey } = await pairOf({ purpose, alg });
  const jwk = publicKey.export({ format: 'jwk' });
  const kid = thumbprint(jwk).slice(0, 16);
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  return { kid, purpose, alg, publicJwk: { ...jwk, kid, alg, use: 'sig' }, pkcs8 };
}

function pairOf({ purpose, alg }: KeySlot) {
  if (alg === 'RS256') return generate('rsa', { modulusLength: KEY_PROFILES[purpose].bits ?? 3072 });
  return alg === 'ES256' ? generate('ec', { namedCurve: 'P-256' }) : generate('ed25519', undefined);
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
