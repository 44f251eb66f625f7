import { randomUUID } from 'node:crypto';
import type { DevInfo } from '#local';
import { eventually } from '../support/eventually.js';
import { answered, call } from '../support/http.js';
import { stack } from '../support/index.js';
import { mailed } from '../support/mailed.js';
import { login, mailsTo, me, newcomer, refresh, register } from '../support/people.js';

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 120_000);

const post = (path: string, json: object, token?: string) =>
  call('POST', `${dev.public_url}/v1/auth/${path}`, { json, token });
const fresh = () => `${randomUUID()} meadow`;

describe('a password', () => {
  it('C-password.forgot C-password.reset R-RC5: is set anew by the mailed link, once; scanners spend nothing', async () => {
    const who = await register(dev);
    const known = await post('password/forgot', { email: who.email });
    const unknown = await post('password/forgot', { email: newcomer().email });
    expect([known.status, known.body, unknown.status, unknown.body]).toEqual([204, '', 204, '']);
    const { token, page } = await mailed(dev, who.email, 'reset-password');
    for (const method of ['GET', 'HEAD']) expect((await call(method, `${page}?token=${token}`)).status).toBe(200);

    const new_password = fresh();
    expect((await post('password/reset', { token, new_password })).status).toBe(204);
    expect((await me(dev, who.accessToken)).status).toBe(401);
    expect((await refresh(dev, who.refreshToken)).status).toBe(401);
    expect((await login(dev, who)).status).toBe(401);
    expect((await login(dev, { ...who, password: new_password })).status).toBe(200);
    const again = await post('password/reset', { token, new_password: fresh() });
    expect([again.status, again.body.code]).toEqual([400, 'token_invalid']);
  });

  it('C-password.reset H3: of 50 at once with one link one wins', async () => {
    const who = await register(dev);
    await post('password/forgot', { email: who.email });
    const { token } = await mailed(dev, who.email, 'reset-password');
    const reset = () => answered(() => post('password/reset', { token, new_password: fresh() }));
    const answers = await Promise.all(Array.from({ length: 50 }, reset));
    const outcomes = answers.map((a) => a.status);
    expect(outcomes.filter((status) => status === 204)).toHaveLength(1);
    expect(new Set(outcomes.filter((status) => status !== 204))).toEqual(new Set([400]));
  });

  it('R-PW9 C-password.change: changing it ends every other session, and this one goes on', async () => {
    const who = await register(dev);
    const other = (await login(dev, who)).body;
    const new_password = fresh();
    const wrong = await post('password/change', { current_password: 'no', new_password }, who.accessToken);
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_credentials']);
    const changed = await post('password/change', { current_password: who.password, new_password }, who.accessToken);
    expect([changed.status, changed.body]).toEqual([204, '']);
    expect((await me(dev, other.access_token)).status).toBe(401);
    expect((await me(dev, who.accessToken)).status).toBe(200);
    expect((await refresh(dev, who.refreshToken)).status).toBe(200);
    const notice = await mailed(dev, who.email, 'secure-account');
    expect(notice.subject).toBe('Your password was changed');
  });

  it('R-PW6 R-PW7: a common or obvious one is refused by name of the field', async () => {
    const who = await register(dev);
    for (const new_password of ['password123456', who.username.padEnd(12, '1')]) {
      const { status, body } = await post(
        'password/change',
        { current_password: who.password, new_password },
        who.accessToken,
      );
      expect([status, body.code, body.errors[0].field]).toEqual([400, 'password_too_weak', 'new_password']);
    }
  });

  it('R-RC9: a sign-in from elsewhere is mailed, and one click ends it and starts a reset', async () => {
    const who = await register(dev);
    const thief = await call('POST', `${dev.public_url}/v1/auth/login`, {
      json: { email: who.email, password: who.password },
      headers: { 'user-agent': 'somewhere else entirely' },
    });
    const notice = await mailed(dev, who.email, 'secure-account');
    expect([notice.subject, notice.text]).toEqual([
      'New sign-in to your account',
      expect.stringContaining('somewhere else entirely'),
    ]);
    expect((await post('account/secure', { token: notice.token })).status).toBe(204);
    expect((await me(dev, thief.body.access_token)).status).toBe(401);
    expect((await me(dev, who.accessToken)).status).toBe(200);
    expect((await mailed(dev, who.email, 'reset-password')).subject).toBe('Set a new password');
  });

  it('R-BF3: who has failed on purpose keeps no known device out', async () => {
    const who = await register(dev);
    const device = (await login(dev, who)).headers.get('x-device-token')!;
    // Blocked for ten seconds, in which the right password has to come.
    await eventually('the right password to be refused', 50_000, async () => {
      for (let i = 0; i < 5; i++) await login(dev, { ...who, password: 'a guess' });
      return (await login(dev, who)).status === 401 ? true : undefined;
    });
    const home = await call('POST', `${dev.public_url}/v1/auth/login`, {
      json: { email: who.email, password: who.password },
      headers: { 'x-device-token': device },
    });
    expect(home.status).toBe(200);
  });
});

describe('an address', () => {
  it('R-RC8 R-RC5: is changed by the new one’s proof, and taken back from the old one', async () => {
    const who = await register(dev);
    const next = newcomer().email;
    const asked = await post('email/change', { new_email: next, password: who.password }, who.accessToken);
    expect([asked.status, asked.body.new_email]).toEqual([202, next]);
    expect((await me(dev, who.accessToken)).body.email).toBe(who.email);
    const confirming = await mailed(dev, next, 'change-email');
    expect((await call('GET', `${confirming.page}?token=${confirming.token}`)).status).toBe(200);
    expect((await me(dev, who.accessToken)).body.email).toBe(who.email);
    const confirmed = await post('email/confirm', { token: confirming.token });
    expect([confirmed.status, confirmed.body.email]).toEqual([200, next]);
    expect((await me(dev, who.accessToken)).body).toMatchObject({ email: next, email_verified: true });

    const undoing = await mailed(dev, who.email, 'undo-email-change');
    expect((await post('email/undo', { token: undoing.token })).status).toBe(204);
    expect((await me(dev, who.accessToken)).status).toBe(401);
    expect((await login(dev, who)).body.user.email).toBe(who.email);
    await mailed(dev, who.email, 'reset-password');
  });

  it('C-email.verify_send C-email.verify: is verified by the code in the mail, too', async () => {
    const who = await register(dev);
    // A mail whose link is void by the time it would be sent is not sent.
    await mailed(dev, who.email, 'verify-email');
    expect((await post('verify-email/send', {}, who.accessToken)).status).toBe(202);
    const mail = await mailed(dev, who.email, 'verify-email', 2);
    const code = /^\d{8}$/m.exec(mail.text)![0];
    expect((await post('verify', { code })).status).toBe(401);
    const verified = await post('verify', { code }, who.accessToken);
    expect([verified.status, verified.body.email_verified]).toEqual([200, true]);
    expect((await post('verify', { token: mail.token })).status).toBe(200);
  });

  it('R-RC11: links lead to the configured address, whatever the request says of its host', async () => {
    const who = await register(dev);
    await call('POST', `${dev.public_url}/v1/auth/password/forgot`, {
      json: { email: who.email },
      headers: { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
    });
    const { page } = await mailed(dev, who.email, 'reset-password');
    expect(page.startsWith(`${dev.public_url}/`)).toBe(true);
    expect(JSON.stringify(await mailsTo(dev, who.email))).not.toContain('evil.example');
  });
});
