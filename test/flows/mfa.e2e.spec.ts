import { decodeJwt } from 'jose';
import type { DevInfo } from '#local';
import { totpCode } from '../support/authenticator-app.js';
import { call, CookieJar } from '../support/http.js';
import { stack } from '../support/index.js';
import { login, me, register, type SignedIn } from '../support/people.js';

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 120_000);

const post = (path: string, token: string | undefined, json: object = {}) =>
  call('POST', `${dev.public_url}/v1/auth/${path}`, { token, json });

interface Enrolled {
  who: SignedIn;
  secret: string;
  codes: string[];
}
async function enrol(): Promise<Enrolled> {
  const who = await register(dev);
  const { body } = await post('mfa/setup', who.accessToken);
  // The step of now, so that it is good for a while yet; what comes later takes the next one.
  const verified = await post('mfa/verify', who.accessToken, { code: totpCode(body.secret) });
  return { who, secret: body.secret, codes: verified.body.recovery_codes };
}

describe('two-step sign-in', () => {
  it('C-mfa.setup C-mfa.verify: gives a secret, a QR code and ten recovery codes; again is 409', async () => {
    const who = await register(dev);
    const setup = await post('mfa/setup', who.accessToken);
    expect([setup.status, setup.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(setup.body.otpauth_url).toMatch(/^otpauth:\/\/totp\/Gatehouse:/);
    expect(setup.body.qr_svg).toMatch(/^<svg/);
    const rotated = await post('mfa/setup', who.accessToken);
    expect(rotated.body.secret).not.toBe(setup.body.secret);
    const wrong = await post('mfa/verify', who.accessToken, { code: '000000' });
    expect([wrong.status, wrong.body.code]).toEqual([400, 'mfa_code_invalid']);
    const verified = await post('mfa/verify', who.accessToken, { code: totpCode(rotated.body.secret) });
    expect([verified.status, verified.body.recovery_codes.length]).toEqual([200, 10]);
    const again = await post('mfa/setup', who.accessToken);
    expect([again.status, again.body.code]).toEqual([409, 'mfa_already_enabled']);
  });

  it('C-user.login_mfa: the password gives an interim token that opens nothing, and the code a session', async () => {
    const { who, secret } = await enrol();
    const first = await login(dev, who);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      mfa_required: true,
      mfa_token: expect.any(String),
      methods: ['totp', 'recovery_code'],
    });
    const { mfa_token } = first.body;
    expect((await me(dev, mfa_token)).status).toBe(401);
    expect((await post('refresh', undefined, { refresh_token: mfa_token })).status).toBe(401);
    const done = await post('login/mfa', undefined, { mfa_token, code: totpCode(secret, 1) });
    expect(done.status).toBe(200);
    expect(decodeJwt(done.body.access_token).amr).toEqual(['pwd', 'otp', 'mfa']);
    expect((await me(dev, done.body.access_token)).status).toBe(200);
    const twice = await post('login/mfa', undefined, { mfa_token, code: totpCode(secret, 1) });
    expect([twice.status, twice.body.code]).toEqual([400, 'token_invalid']);
  });

  it('C-user.login_mfa B-cookie.login R-MF6: a cookie client has no cookie before the second step', async () => {
    const { who, codes } = await enrol();
    const jar = new CookieJar();
    const client_id = 'tachigo-dashboard';
    const json = { email: who.email, password: who.password, client_id };
    const first = await call('POST', `${dev.public_url}/v1/auth/login`, { jar, json });
    expect([first.body.mfa_required, jar.names]).toEqual([true, []]);
    const second = { mfa_token: first.body.mfa_token, code: codes[0] };
    const done = await call('POST', `${dev.public_url}/v1/auth/login/mfa`, { jar, json: second });
    expect([done.status, done.body.refresh_token, jar.names.length]).toEqual([200, undefined, 1]);
  });

  it('R-MF7: the password grant of OAuth asks for it, too', async () => {
    const { who, secret } = await enrol();
    const form = { grant_type: 'password', username: who.email, password: who.password, client_id: 'branchpy-cli' };
    const refused = await call('POST', `${dev.public_url}/oauth/token`, { form });
    expect([refused.status, refused.body.error]).toEqual([400, 'mfa_required']);
    const done = await post('login/mfa', undefined, { mfa_token: refused.body.mfa_token, code: totpCode(secret, 1) });
    expect(done.status).toBe(200);
  });

  it('C-mfa.disable: after the password again, and then the password alone is enough', async () => {
    const { who } = await enrol();
    const wrong = await post('mfa/disable', who.accessToken, { password: 'not the password' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_credentials']);
    expect((await post('mfa/disable', who.accessToken, { password: who.password })).status).toBe(204);
    expect((await login(dev, who)).body.access_token).toEqual(expect.any(String));
  });

  it('R-SE2: step-up goes on in a fresh session, and the one before is refused at once', async () => {
    const who = await register(dev);
    const fresh = await post('reauthenticate', who.accessToken, { password: who.password });
    expect(fresh.status).toBe(200);
    expect((await me(dev, who.accessToken)).status).toBe(401);
    expect((await me(dev, fresh.body.access_token)).status).toBe(200);
  });
});
