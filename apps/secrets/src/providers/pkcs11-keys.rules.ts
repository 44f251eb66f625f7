import type { JsonWebKey } from 'node:crypto';
import type { SigningKeySpec } from '../kek/key-provider.js';
import { CK, type Attribute } from './cryptoki.js';

/** `edwards25519` as a PrintableString; libraries take the OID less often. */
const ED25519 = Buffer.concat([Buffer.from([0x13, 12]), Buffer.from('edwards25519')]);
const P256 = Buffer.from('06082a8648ce3d030107', 'hex');

/** How a key pair of a kind is made. */
export function generation({ alg, bits }: SigningKeySpec): { mechanism: number; template: Attribute[] } {
  if (alg === 'RS256') {
    const template = [
      { type: CK.CKA_MODULUS_BITS, value: bits },
      { type: CK.CKA_PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
    ];
    return { mechanism: CK.CKM_RSA_PKCS_KEY_PAIR_GEN, template };
  }
  return alg === 'ES256'
    ? { mechanism: CK.CKM_EC_KEY_PAIR_GEN, template: [{ type: CK.CKA_EC_PARAMS, value: P256 }] }
    : { mechanism: CK.CKM_EC_EDWARDS_KEY_PAIR_GEN, template: [{ type: CK.CKA_EC_PARAMS, value: ED25519 }] };
}

/** How it signs, and how long a signature may be. ECDSA takes a digest. */
export function signing({ alg, bits }: SigningKeySpec): { mechanism: number; length: number } {
  if (alg === 'RS256') return { mechanism: CK.CKM_SHA256_RSA_PKCS, length: bits / 8 };
  return { mechanism: alg === 'ES256' ? CK.CKM_ECDSA : CK.CKM_EDDSA, length: 64 };
}

/** Attributes of the public half that its JWK is made of. */
export const publicAttributes = ({ alg }: SigningKeySpec): number[] =>
  alg === 'RS256' ? [CK.CKA_MODULUS, CK.CKA_PUBLIC_EXPONENT] : [CK.CKA_EC_POINT];

export function publicJwk({ alg }: SigningKeySpec, [first, second]: readonly Buffer[]): JsonWebKey {
  const text = (bytes: Buffer): string => bytes.toString('base64url');
  if (alg === 'RS256') return { kty: 'RSA', n: text(first!), e: text(second!) };
  if (alg === 'EdDSA') return { kty: 'OKP', crv: 'Ed25519', x: text(pointOf(first!, 32)) };
  const point = pointOf(first!, 65);
  return { kty: 'EC', crv: 'P-256', x: text(point.subarray(1, 33)), y: text(point.subarray(33)) };
}

/** A point may come as it is or within an OCTET STRING. By its length, for its own bytes may look like the beginning of one. */
const pointOf = (bytes: Buffer, length: number): Buffer =>
  bytes.length === length + 2 && bytes[0] === 0x04 && bytes[1] === length ? bytes.subarray(2) : bytes;
