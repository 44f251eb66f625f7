import * as crypto from 'node:crypto';
import { LICENSE_AUDIENCE, verifyLicenseToken, type LicenseTokenKey } from './license-token.js';
import { effectiveTime, judgeOffline, observeClock, wentOnline, type OfflineState } from './offline.js';

const DAY = 86_400;
const NOW = 1_780_000_000;
const { publicKey, privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
const { n, e } = publicKey.export({ format: 'jwk' }) as { n: string; e: string };
const keys: LicenseTokenKey[] = [{ kid: 'l1', kty: 'RSA', n, e }];
const issuer = 'https://gatehouse.example';

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
function token(
  claims: object = {},
  header: object = {},
  sign = (t: string) => crypto.sign('sha256', Buffer.from(t), privateKey),
) {
  const text = `${part({ alg: 'RS256', typ: 'license+jwt', kid: 'l1', ...header })}.${part({
    ...{ iss: issuer, sub: 'u1', aud: LICENSE_AUDIENCE, iat: NOW, exp: NOW + 90 * DAY, jti: 'j1' },
    ...{ plan: 'pro', features: ['export'], max_offline_days: 30, ...claims },
  })}`;
  return `${text}.${sign(text).toString('base64url')}`;
}
const verify = (text: unknown, now = NOW) => verifyLicenseToken(text, keys, { now, issuer });
const offline = async (state: OfflineState, now: number, text = token()) =>
  judgeOffline(await verify(text, effectiveTime(state, now)), state, now);

describe('a license token', () => {
  it('A-offline: is verified with the public key alone, and says plan and features', async () => {
    expect(await verify(token())).toMatchObject({ valid: true, claims: { plan: 'pro', features: ['export'] } });
    expect((await verify(token(), NOW + 90 * DAY)).code).toBe('EXPIRED');
    expect((await verify(token(), NOW + 90 * DAY - 1)).code).toBe('VALID');
  });

  it.each([
    ['J1 alg none', () => token({}, { alg: 'none' }, () => Buffer.alloc(0))],
    [
      'J1 HS256 with the public key',
      () => token({}, { alg: 'HS256' }, (t) => crypto.createHmac('sha256', n).update(t).digest()),
    ],
    ['J1 ES256', () => token({}, { alg: 'ES256' })],
    ['J2 an access token', () => token({}, { typ: 'at+jwt' })],
    ['J2 another audience', () => token({ aud: 'branchpy-api' })],
    ['J3 no exp', () => token({ exp: undefined })],
    ['J3 no jti', () => token({ jti: undefined })],
    ['an unknown critical header', () => token({}, { crit: ['x'] })],
    ['no text', () => undefined],
    ['an endless text', () => 'a'.repeat(100_000)],
  ])('%s is MALFORMED', async (_, made) => expect((await verify(made())).code).toBe('MALFORMED'));

  it('J2 J4 J5: another issuer, a kid that is a path, a key that it brings along', async () => {
    expect((await verify(token({ iss: 'https://elsewhere.example' }))).code).toBe('WRONG_ISSUER');
    expect((await verify(token({}, { kid: '../../l1' }))).code).toBe('UNKNOWN_KEY');
    const own = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
    const forged = token({}, { jwk: own.publicKey.export({ format: 'jwk' }) }, (t) =>
      crypto.sign('sha256', Buffer.from(t), own.privateKey),
    );
    expect((await verify(forged)).code).toBe('BAD_SIGNATURE');
  });
});

describe('use without the network', () => {
  const state = wentOnline(NOW);

  it('A-offline: is allowed while both the token and max_offline_days hold', async () => {
    expect(await offline(state, NOW + 30 * DAY)).toMatchObject({ allowed: true, code: 'ALLOWED' });
    expect(await offline(state, NOW + 30 * DAY + 1)).toMatchObject({ allowed: false, code: 'REFRESH_NEEDED' });
    const short = token({ exp: NOW + 5 * DAY });
    expect(await offline(state, NOW + 5 * DAY - 1, short)).toMatchObject({ allowed: true });
    expect(await offline(state, NOW + 5 * DAY, short)).toMatchObject({ allowed: false, code: 'EXPIRED' });
    expect(await offline(wentOnline(NOW + 40 * DAY), NOW + 60 * DAY)).toMatchObject({ allowed: true });
  });

  it('A-offline LIC7: a clock set back is noticed, and gains no day', async () => {
    const late = observeClock(state, NOW + 29 * DAY);
    const back = await offline(late, NOW + 27 * DAY);
    expect(back).toMatchObject({ allowed: true, code: 'CLOCK_ROLLBACK', state: { high_water: NOW + 29 * DAY } });
    const over = observeClock(state, NOW + 31 * DAY);
    expect(await offline(over, NOW)).toMatchObject({ allowed: false, code: 'REFRESH_NEEDED' });
    expect(await offline(over, NOW, token({ exp: NOW + 10 * DAY }))).toMatchObject({ allowed: false, code: 'EXPIRED' });
    expect(await offline(late, NOW + 28 * DAY + 1)).toMatchObject({ code: 'ALLOWED' });
  });

  it('A-offline LIC7: a clock that shows 2151 once locks nobody out for good', async () => {
    const far = 5_711_000_000;
    const there = await offline(state, far);
    expect(there).toMatchObject({ allowed: false, code: 'EXPIRED' });
    expect(await offline(there.state, NOW + DAY)).toMatchObject({ allowed: true, code: 'ALLOWED' });
    expect((await offline(there.state, NOW + DAY)).state).toEqual({ last_online: NOW, high_water: NOW + DAY });
  });

  it('A-offline LIC7: a leap that stands is believed after a day', () => {
    const leapt = observeClock(state, NOW + 100 * DAY);
    expect(leapt).toEqual({ ...state, leap: NOW + 100 * DAY });
    expect(observeClock(leapt, NOW + 100 * DAY + DAY / 2)).toEqual(leapt);
    expect(observeClock(leapt, NOW + 101 * DAY)).toEqual({ ...state, high_water: NOW + 101 * DAY });
  });

  it('going online mends everything', () => {
    expect(wentOnline(NOW + 50 * DAY)).toEqual({ last_online: NOW + 50 * DAY, high_water: NOW + 50 * DAY });
  });
});
