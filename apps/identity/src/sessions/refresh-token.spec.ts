import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { hashToken, LAST_GENERATION, readRefreshToken, writeRefreshToken } from './refresh-token.rules.js';

const key = randomBytes(32);

describe('refresh token', () => {
  const token = writeRefreshToken(key, { session_id: randomUUID(), generation: 7 });

  it.each([
    ['nothing', ''],
    ['a JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'],
    ['its first half', token.slice(0, 30)],
    ['more than a token', `${token}A`],
    ['bytes of the right length', randomBytes(53).toString('base64url')],
    ['other letters of the same length', '='.repeat(token.length)],
    ['surrogates', '\ud800'.repeat(token.length)],
  ])('R-RF7: %s is not authentic', (_what, text) => {
    expect(readRefreshToken(key, text)).toBeUndefined();
  });

  it('R-RF7: another key does not authenticate it', () => {
    expect(readRefreshToken(randomBytes(32), token)).toBeUndefined();
  });

  it('R-RF7: one changed bit anywhere is noticed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 53 * 8 - 1 }), (bit) => {
        const bytes = Buffer.from(token, 'base64url');
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        return readRefreshToken(key, bytes.toString('base64url')) === undefined;
      }),
    );
  });

  it('A-token.refresh: says which session and generation it is of, the same text every time', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 0, max: LAST_GENERATION }), (session_id, generation) => {
        const text = writeRefreshToken(key, { session_id, generation });
        expect(text).toBe(writeRefreshToken(key, { session_id, generation }));
        expect(readRefreshToken(key, text)).toEqual({ session_id, generation });
        expect(hashToken(text)).toHaveLength(32);
      }),
    );
  });
});
