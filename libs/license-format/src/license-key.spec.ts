import fc from 'fast-check';
import { isLicenseKey, newLicenseKey, parseLicenseKey } from './license-key.js';

const anyKey = fc
  .tuple(fc.constantFrom('lite', 'core', 'pro', 'enterprise'), fc.uint8Array({ minLength: 5, maxLength: 5 }))
  .map(([tier, random]) => newLicenseKey(tier, random));

describe('license keys', () => {
  it('are DT1-{TIER}-xxxx-xxxx in Crockford base32', () => {
    expect(newLicenseKey('core', new Uint8Array([0, 0, 0, 0, 0]))).toBe('DT1-CORE-0000-0000');
    expect(newLicenseKey('pro', new Uint8Array([255, 255, 255, 255, 255]))).toBe('DT1-PRO-ZZZZ-ZZZZ');
    expect(newLicenseKey('pro', new Uint8Array([0, 68, 50, 20, 199]))).toBe('DT1-PRO-0123-4567');
  });

  it('are random when no bytes are given', () => {
    expect(new Set(Array.from({ length: 200 }, () => newLicenseKey('lite'))).size).toBe(200);
  });

  it.each([
    ['', 5],
    ['c', 5],
    ['c0re', 5],
    ['co re', 5],
    ['abcdefghijklmnopq', 5],
    ['core', 4],
    ['core', 6],
  ])('cannot be made for the tier %j and %i bytes', (tier, bytes) =>
    expect(() => newLicenseKey(tier, new Uint8Array(bytes))).toThrow(RangeError),
  );

  it('K2: every way of typing a key is folded into its canonical form', () => {
    const spell = (key: string) =>
      fc
        .tuple(
          fc.array(fc.nat(4), { minLength: key.length, maxLength: key.length }),
          fc.constantFrom('', '-', ' ', '\u2013', ' - '),
        )
        .map(([choices, separator]) =>
          [...key.replaceAll('-', separator)]
            .map((c, i) => {
              const alike = c === '1' ? '1IiLl' : c === '0' ? '0Oo00' : c + c.toLowerCase() + c + c + c;
              return alike[choices[i] ?? 0] ?? c;
            })
            .join(''),
        );
    fc.assert(
      fc.property(
        anyKey.chain((key) => fc.tuple(fc.constant(key), spell(key))),
        ([key, typed]) => expect(parseLicenseKey(typed)).toBe(key),
      ),
    );
  });

  it('K2: digits in the tier are read as the letters that they look like', () => {
    expect(parseLicenseKey('dti-c0re-o1i1-abcd')).toBe('DT1-CORE-0111-ABCD');
    expect(parseLicenseKey('DT1-ENTERPR1SE-0000-0000')).toBe('DT1-ENTERPRISE-0000-0000');
  });

  it.each([
    '',
    'DT1',
    'DT1-CORE-0000',
    'DT2-CORE-0000-0000',
    'DT1--0000-0000',
    'DT1-CORE-0000-000U',
    'DT1-CORE-0000-000!',
    'DT1-COR3-0000-0000',
    'DT1-CORE-0000-000\u0000',
    'DT1-\u017fORE-0000-0000',
    `DT1-CORE-0000-0000${' '.repeat(60)}`,
    null,
    undefined,
    7,
    {},
    ['DT1-CORE-0000-0000'],
  ])('K2: %j is no key', (typed) => expect(parseLicenseKey(typed)).toBeNull());

  it('K2: whatever is typed gives a canonical key or none, and a canonical one gives itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), anyKey), (typed) => {
        const key = parseLicenseKey(typed);
        if (key === null) return;
        expect(isLicenseKey(key)).toBe(true);
        expect(parseLicenseKey(key)).toBe(key);
      }),
    );
  });
});
