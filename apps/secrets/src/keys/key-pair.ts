import { createHash, generateKeyPair, type JsonWebKey } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyPurpose } from '#contracts';
import { KEY_PROFILES } from './key-profile.rules.js';

/** A key pair that was just made. Wipe `pkcs8` once it is sealed. */
export interface KeyPair {
  kid: string;
  purpose: KeyPurpose;
  alg: string;
  /** Public JWK (RFC 7517), complete with `kid`, `alg` and `use`. */
  publicJwk: JsonWebKey;
  /** Private key, PKCS #8 in DER. */
  pkcs8: Buffer;
}

const generate = promisify(generateKeyPair);

/** Makes a key pair for a purpose on the thread pool; an RSA key takes up to some seconds. */
export async function newKeyPair(purpose: KeyPurpose): Promise<KeyPair> {
  const { alg, bits } = KEY_PROFILES[purpose];
  const { publicKey, privateKey } = bits
    ? await generate('rsa', { modulusLength: bits })
    : await generate('ed25519', undefined);
  const jwk = publicKey.export({ format: 'jwk' });
  const kid = thumbprint(jwk).slice(0, 16);
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  return { kid, purpose, alg, publicJwk: { ...jwk, kid, alg, use: 'sig' }, pkcs8 };
}

/** JWK thumbprint (RFC 7638, RFC 8037), base64url. */
function thumbprint(jwk: JsonWebKey): string {
  const members = jwk.kty === 'RSA' ? { e: jwk.e, kty: jwk.kty, n: jwk.n } : { crv: jwk.crv, kty: jwk.kty, x: jwk.x };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}
