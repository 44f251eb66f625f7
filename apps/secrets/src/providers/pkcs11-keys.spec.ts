import { publicJwk } from './pkcs11-keys.rules.js';

const bytes = (length: number, ...first: number[]): Buffer =>
  Buffer.concat([Buffer.from(first), Buffer.alloc(length - first.length, 7)]);
const within = (point: Buffer): Buffer => Buffer.concat([Buffer.from([0x04, point.length]), point]);
const text = (part: Buffer): string => part.toString('base64url');

describe('D-kms: a public key in a token', () => {
  // The second one of each begins like an OCTET STRING of what follows.
  it.each([
    ['Ed25519', bytes(32, 9)],
    ['Ed25519', bytes(32, 0x04, 30)],
  ])('of %s is read as it is and within an OCTET STRING', (_, point) => {
    for (const told of [point, within(point)]) {
      expect(publicJwk({ alg: 'EdDSA', bits: 0 }, [told])).toEqual({ kty: 'OKP', crv: 'Ed25519', x: text(point) });
    }
  });

  it.each([
    ['P-256', bytes(65, 0x04, 9)],
    ['P-256', bytes(65, 0x04, 63)],
  ])('of %s is read as it is and within an OCTET STRING', (_, point) => {
    const jwk = { kty: 'EC', crv: 'P-256', x: text(point.subarray(1, 33)), y: text(point.subarray(33)) };
    for (const told of [point, within(point)]) expect(publicJwk({ alg: 'ES256', bits: 0 }, [told])).toEqual(jwk);
  });
});
