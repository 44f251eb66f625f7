import fc from 'fast-check';
import { fromBase64url, toBase64url } from './base64url.js';

describe('base64url', () => {
  it('is what Node writes and reads', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = toBase64url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64url(text)).toEqual(bytes);
      }),
    );
  });

  it('LIC5: has one text for each sequence of bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\w=+/ -]{0,12}$/)), (text) => {
        const bytes = fromBase64url(text);
        if (bytes) expect(toBase64url(bytes)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['A', 'AB', 'AAB', 'AA==', 'A A', 'AA+/', 'AAA\n', '\u0141A'])('LIC5: refuses %j', (text) =>
    expect(fromBase64url(text)).toBeNull(),
  );
});
