import fc from 'fast-check';
import { previewOf } from './preview.rules.js';

describe('previews of secrets', () => {
  it('SEC18: show at most four trailing characters and at most 40 % of the value', () => {
    const printable = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme-ascii' });
    const prefixed = fc.tuple(fc.constantFrom('', 'live_', 'sk_'), printable).map(([p, rest]) => p + rest);
    fc.assert(
      fc.property(prefixed, (secret) => {
        const [head, tail] = previewOf(secret).split('••••') as [string, string];
        expect(secret.startsWith(head) && secret.endsWith(tail)).toBe(true);
        expect(tail.length).toBeLessThanOrEqual(4);
        expect(head.length + tail.length).toBeLessThanOrEqual(secret.length * 0.4);
      }),
    );
  });

  it.each([
    ['live_123456789_abcdefghijklmnopqrstuvwxyz', 'live_••••wxyz'],
    ['abcd-efgh-ijkl-mnop', '••••mnop'],
    ['live_12345', '••••2345'],
    ['abcde', '••••de'],
    ['a', '••••'],
  ])('C-streams.list: %s is shown as %s', (secret, shown) => expect(previewOf(secret)).toBe(shown));
});
