import fc from 'fast-check';
import { isoTime } from './iso-time.rules.js';

describe('G17: a moment that a store tells', () => {
  it.each([
    ['2026-01-02T03:04:05.000000Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02', '2026-01-02T00:00:00.000Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [null, null],
    ['', null],
    ['yesterday', null],
    ['+010000-01-01T00:00:00Z', null],
    ['-000001-01-01T00:00:00Z', null],
    [Number.MAX_SAFE_INTEGER * 1000, null],
  ])('%j is %j', (told, expected) => expect(isoTime(told)).toBe(expected));

  it('is one that the database reads, or none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.date().map(String)), (told) => {
        expect(isoTime(told) ?? '2026-01-01T00:00:00.000Z').toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      }),
    );
  });
});
