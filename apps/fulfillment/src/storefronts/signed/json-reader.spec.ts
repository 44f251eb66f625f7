import { textAt, wholeAt } from './json-reader.js';

const NUMBERS: [unknown, number][] = [
  [4900, 4900],
  ['4900', 4900],
  ['-4900', -4900],
  [0, 0],
  ['0', 0],
];
const NONE: unknown[] = [
  ...[' ', '', '49.00', '4.9e3', '1e3', '0x10', '0b1', '١٢', '4900 ', '+1', 'NaN', '9007199254740993', '1'.repeat(400)],
  ...[49.5, Number.NaN, Infinity, 2 ** 53, true, null, [1], { value: 1 }],
];

describe('G17: an amount that a store tells', () => {
  it('is a whole number in decimal digits', () => {
    for (const [told, expected] of NUMBERS) expect(wholeAt({ amount: told }, 'amount')).toBe(expected);
    for (const told of NONE) expect([told, wholeAt({ amount: told }, 'amount')]).toEqual([told, null]);
  });

  it('is read of the object itself', () => {
    expect(wholeAt(JSON.parse('{"__proto__":{"amount":1}}') as object as never, 'amount')).toBeNull();
    expect(textAt({ id: 'a\0b' }, 'id')).toBe('ab');
  });
});
