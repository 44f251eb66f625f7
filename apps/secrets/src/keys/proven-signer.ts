import { createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { SigningAlg } from '#contracts';
import type { Signer } from '../kek/key-provider.js';
import { unavailable } from '../providers/provider-request.js';

/**
 * Looks at every signature of a provider before it is handed on: what another key has made, or a fault on the way, would
 * be refused by whoever reads it, and a license is read long after it was mailed.
 * @param publicJwk the key that is to have signed
 */
export function provenSigner(provider: string, sign: Signer, alg: SigningAlg, publicJwk: JsonWebKey): Signer {
  const key = createPublicKey({ key: publicJwk, format: 'jwk' });
  return async (data) => {
    const signature = await sign(data);
    if (isSigned(alg, data, key, signature)) return signature;
    throw unavailable(provider, 'it did not sign with the key that it was asked for');
  };
}

function isSigned(alg: SigningAlg, data: Uint8Array, key: KeyObject, signature: Buffer): boolean {
  if (alg === 'EdDSA') return verify(null, data, key, signature);
  return verify('sha256', data, alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key, signature);
}
