import { codeOf, otpauthUrl, stepAt, stepOf, toBase32 } from './totp.rules.js';
import { hashRecoveryCode, newRecoveryCode, readRecoveryCode } from './recovery-code.rules.js';

/** The secret of RFC 4226, appendix D, and RFC 6238, appendix B. */
const SECRET = Buffer.from('12345678901234567890');

describe('codes of an authenticator', () => {
  it.each(['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'])(
    'RFC 4226: %s',
    (code) => expect(codeOf(SECRET, TABLE.indexOf(code))).toBe(code),
  );
  const TABLE = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'];

  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('RFC 6238: at %d it is %s', (seconds, code) => {
    expect(stepOf(SECRET, code, seconds * 1_000)).toBe(stepAt(seconds * 1_000));
  });

  it('R-MF2: one step off either way is right, two are not', () => {
    const now = 1_780_000_000_000;
    const at = (off: number) => stepOf(SECRET, codeOf(SECRET, stepAt(now) + off), now);
    expect([-2, -1, 0, 1, 2].map((off) => at(off) !== undefined)).toEqual([false, true, true, true, false]);
  });

  it('is written as apps read it', () => {
    expect(toBase32(SECRET)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(otpauthUrl('ABC', 'A house', 'ada@example.com')).toBe(
      'otpauth://totp/A%20house:ada%40example.com?secret=ABC&issuer=A%20house&algorithm=SHA1&digits=6&period=30',
    );
  });
});

describe('recovery codes', () => {
  it('R-MF5: have 80 bits, and are read however they are typed', () => {
    const codes = Array.from({ length: 200 }, newRecoveryCode);
    expect(new Set(codes).size).toBe(200);
    for (const code of codes) {
      expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
      const typed = ` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
      expect(hashRecoveryCode(readRecoveryCode(typed)!)).toEqual(hashRecoveryCode(code.replaceAll('-', '')));
    }
    for (const bad of ['', '123456', 'U'.repeat(16), `${codes[0]}X`]) expect(readRecoveryCode(bad)).toBeUndefined();
  });
});
