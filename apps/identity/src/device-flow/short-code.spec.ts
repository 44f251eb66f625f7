import { newShortCode, PAIRING_CODE, readShortCode, showShortCode, USER_CODE } from './short-code.rules.js';

describe('codes that people type', () => {
  it('R-DF3: a user code has eight of twenty consonants, all of them used', () => {
    const codes = Array.from({ length: 2_000 }, () => newShortCode(USER_CODE));
    for (const code of codes) expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/);
    expect(new Set(codes.join('')).size).toBe(20);
    // Two of 2,000 are alike once in some ten thousand runs; more than a few never are.
    expect(new Set(codes).size).toBeGreaterThan(1_990);
  });

  it('C-devices.pair_start: a pairing code has eight characters and no look-alikes', () => {
    const codes = Array.from({ length: 2_000 }, () => newShortCode(PAIRING_CODE));
    for (const code of codes) expect(code).toMatch(/^[A-HJKMNP-Z2-9]{8}$/);
    expect(codes.join('')).not.toMatch(/[01ILO]/);
  });

  it.each(['WDJBMJHT', 'wdjb-mjht', ' WDJB MJHT ', 'WDJB–MJHT', 'w-d-j-b-m-j-h-t'])(
    'R-DF3: “%s” is the code whatever its case and dashes',
    (typed) => expect(readShortCode(USER_CODE, typed)).toBe('WDJBMJHT'),
  );

  it.each(['', 'WDJB', 'WDJBMJHTX', 'WDJB_MJHT', 'AEIOUAEI', '12345678', 'ＷＤＪＢＭＪＨＴ'])('“%s” is none', (typed) =>
    expect(readShortCode(USER_CODE, typed)).toBeUndefined(),
  );

  it('is shown in two halves that read back', () => {
    const code = newShortCode(USER_CODE);
    expect(readShortCode(USER_CODE, showShortCode(code))).toBe(code);
  });
});
