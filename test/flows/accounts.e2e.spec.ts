import { randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { DevInfo } from '#local';
import { call, CookieJar } from '../support/http.js';
import { stack } from '../support/index.js';
import { licensed, login, me, newcomer, refresh, register } from '../support/people.js';
import { altered } from '../support/altered.js';

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 120_000);

const v1 = (path: string) => `${dev.public_url}/v1${path}`;

describe('a person', () => {
  it('C-user.register: gets tokens and a user at registration', async () => {
    const who = newcomer();
    const { status, body, headers } = await call('POST', v1('/auth/register'), { json: who });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      token_type: 'Bearer',
      user: {
        email: who.email,
        username: who.username,
        email_verified: false,
        is_admin: false,
        is_active: true,
        plan: 'free',
      },
    });
    expect(headers.get('cache-control')).toContain('no-store');
  });

  it('A-identity.canonical: an address is taken whatever its case', async () => {
    const who = await register(dev);
    const again = await call('POST', v1('/auth/register'), {
      json: { ...newcomer(), email: who.email.toUpperCase() },
    });
    expect([again.status, again.body.code]).toEqual([409, 'email_taken']);
    const name = await call('POST', v1('/auth/register'), {
      json: { ...newcomer(), username: who.username.toUpperCase() },
    });
    expect([name.status, name.body.code]).toEqual([409, 'username_taken']);
  });

  it('C-user.login A-login: signs in and gets access, refresh and license tokens', async () => {
    const who = await register(dev);
    const { status, body } = await licensed(dev, who);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      license_token: expect.any(String),
    });
  });

  it('C-user.login: a wrong password and an unknown address get the same refusal', async () => {
    const who = await register(dev);
    const wrong = await login(dev, { ...who, password: `${who.password}!` });
    const unknown = await login(dev, newcomer());
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    const strip = ({ request_id: _, ...rest }: Record<string, unknown>) => rest;
    expect(strip(wrong.body)).toEqual(strip(unknown.body));
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('A-token.access E-token: the access token is an RS256 at+jwt for the client’s audience and lifetime', async () => {
    const { accessToken, userId } = await register(dev);
    const claims = decodeJwt(accessToken);
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: 'RS256', typ: 'at+jwt', kid: expect.any(String) });
    expect(claims).toMatchObject({ sub: userId, client_id: 'branchpy-cli', iss: dev.public_url });
    expect([claims.aud].flat()).toEqual(['branchpy-api']);
    expect(claims.exp! - claims.iat!).toBe(900);
    const hub = await login(dev, await register(dev), { client_id: 'openalice-hub' });
    const hubClaims = decodeJwt(hub.body.access_token);
    expect(hubClaims.exp! - hubClaims.iat!).toBe(3600);
  });

  it('A-token.license: the license token is RS256, has the person’s plan and no personal data', async () => {
    const who = await register(dev);
    const { body } = await licensed(dev, who);
    const claims = decodeJwt(body.license_token);
    expect(decodeProtectedHeader(body.license_token)).toMatchObject({ alg: 'RS256', typ: 'license+jwt' });
    expect(claims).toMatchObject({ sub: who.userId, plan: 'free', max_offline_days: 30 });
    expect(JSON.stringify(claims)).not.toContain(who.email);
    expect(JSON.stringify(claims)).not.toContain(who.username);
  });

  it('C-user.me A-me E-me: reads the account, also from a token in the body', async () => {
    const who = await register(dev);
    const mine = await me(dev, who.accessToken);
    expect(mine.status).toBe(200);
    expect(mine.body).toMatchObject({
      id: who.userId,
      email: who.email,
      plan: 'free',
      plan_expires_at: null,
      is_admin: false,
    });
    const posted = await call('POST', v1('/auth/me/token'), { json: { token: who.accessToken } });
    expect(posted.body).toMatchObject({ id: who.userId });
    expect((await call('POST', v1('/auth/me/token'), { json: { token: 'nonsense' } })).status).toBe(401);
  });

  it('E-guard: a missing and a bad token are 401 with a Bearer challenge', async () => {
    const missing = await call('GET', v1('/auth/me'));
    const bad = await me(dev, 'a.b.c');
    expect(missing.headers.get('www-authenticate')).toBe('Bearer');
    expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect([missing.status, bad.status]).toEqual([401, 401]);
  });

  it('E-login E-admin.bootstrap: the admin signs in on /auth/login, and is no player', async () => {
    const form = { username: dev.admin.username, password: dev.admin.password };
    const admin = await call('POST', `${dev.public_url}/auth/login`, { form });
    expect(admin.status).toBe(200);
    expect(admin.body.user.is_admin).toBe(true);
    for (const path of ['/auth/player/login', '/auth/player/login/json']) {
      const options = path.endsWith('json') ? { json: form } : { form };
      expect((await call('POST', dev.public_url + path, options)).status).toBe(401);
    }
  });

  it('E-login: every path takes a player', async () => {
    const who = await register(dev);
    const credentials = { username: who.username, password: who.password };
    const answers = await Promise.all([
      call('POST', `${dev.public_url}/auth/login`, { form: credentials }),
      call('POST', `${dev.public_url}/auth/login/direct`, { form: credentials }),
      call('POST', `${dev.public_url}/auth/login/json`, { json: credentials }),
      call('POST', `${dev.public_url}/auth/player/login`, { form: credentials }),
      call('POST', `${dev.public_url}/auth/player/login/json`, { json: credentials }),
      call('POST', `${dev.public_url}/api/v1/auth/login`, { json: { email: who.email, password: who.password } }),
    ]);
    expect(answers.map((a) => a.status)).toEqual([200, 200, 200, 200, 200, 200]);
  });
});

describe('a session', () => {
  it('A-refresh C-token.refresh R-RF4: twenty refreshes at once agree on one successor', async () => {
    const who = await register(dev);
    await licensed(dev, who);
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(dev, who.refreshToken)));
    expect(answers.map((a) => a.status)).toEqual(Array(20).fill(200));
    expect(new Set(answers.map((a) => a.body.refresh_token)).size).toBe(1);
    expect(answers[0]!.body.license_token).toEqual(expect.any(String));
  });

  it('A-refresh R-RF2: a token two generations old ends the session', async () => {
    const who = await register(dev);
    const second = await refresh(dev, who.refreshToken);
    const third = await refresh(dev, second.body.refresh_token);
    const theft = await refresh(dev, who.refreshToken);
    expect([theft.status, theft.body.code]).toEqual([401, 'refresh_token_reused']);
    expect((await refresh(dev, third.body.refresh_token)).status).toBe(401);
    expect((await me(dev, third.body.access_token)).status).toBe(401);
  });

  it('A-refresh: a forged token is refused and ends nothing', async () => {
    const who = await register(dev);
    const forged = altered(who.refreshToken);
    const refused = await refresh(dev, forged);
    expect([refused.status, refused.body.code]).toEqual([401, 'refresh_token_invalid']);
    expect((await refresh(dev, who.refreshToken)).status).toBe(200);
  });

  it('A-token.refresh R-RF10: a refresh leaves the access token before it alive', async () => {
    const who = await register(dev);
    await refresh(dev, who.refreshToken);
    expect((await me(dev, who.accessToken)).status).toBe(200);
  });

  it('C-sessions.list C-sessions.revoke A-sessions: lists sessions and ends one, tokens and all', async () => {
    const who = await register(dev);
    const other = (await login(dev, who)).body;
    const { body } = await call('GET', v1('/auth/sessions'), { token: who.accessToken });
    expect(body.sessions).toHaveLength(2);
    expect(body.sessions.filter((s: { current: boolean }) => s.current)).toHaveLength(1);
    const theirs = body.sessions.find((s: { current: boolean }) => !s.current);
    expect(theirs).toMatchObject({
      client_id: 'branchpy-cli',
      created_at: expect.stringMatching(/\.\d{3}Z$/),
      user_agent: expect.any(String),
    });
    expect((await call('DELETE', v1(`/auth/sessions/${theirs.id}`), { token: who.accessToken })).status).toBe(204);
    expect((await me(dev, other.access_token)).status).toBe(401);
    expect((await refresh(dev, other.refresh_token)).status).toBe(401);
    expect((await me(dev, who.accessToken)).status).toBe(200);
  });

  it('C-sessions.revoke: another person’s session is not there', async () => {
    const [one, two] = [await register(dev), await register(dev)];
    const { body } = await call('GET', v1('/auth/sessions'), { token: one.accessToken });
    const stolen = await call('DELETE', v1(`/auth/sessions/${body.sessions[0].id}`), { token: two.accessToken });
    expect(stolen.status).toBe(404);
    expect((await me(dev, one.accessToken)).status).toBe(200);
  });

  it('A-sessions: logout ends access and refresh tokens at once, and is 204 for anybody', async () => {
    const who = await register(dev);
    expect((await call('POST', v1('/auth/logout'), { token: who.accessToken })).status).toBe(204);
    expect((await me(dev, who.accessToken)).status).toBe(401);
    expect((await refresh(dev, who.refreshToken)).status).toBe(401);
    expect((await call('POST', v1('/auth/logout'))).status).toBe(204);
  });

  it('A-sessions: logout with all=true ends every session', async () => {
    const who = await register(dev);
    const other = (await login(dev, who)).body;
    await call('POST', v1('/auth/logout?all=true'), { token: who.accessToken });
    expect((await me(dev, other.access_token)).status).toBe(401);
  });
});

describe('a browser client', () => {
  const origin = 'http://localhost:5173';
  const client = { client_id: 'tachigo-dashboard' };
  const signIn = async () => {
    const jar = new CookieJar();
    const who = await register(dev);
    return {
      who,
      jar,
      answer: await call('POST', `${dev.public_url}/api/v1/auth/login`, {
        json: { email: who.email, password: who.password, ...client },
        jar,
      }),
    };
  };

  it('B-cookie.login: has its refresh token in an httpOnly cookie and nowhere else', async () => {
    const { answer } = await signIn();
    expect(answer.status).toBe(200);
    expect(answer.body.access_token).toEqual(expect.any(String));
    expect(answer.body.refresh_token).toBeUndefined();
    const cookie = answer.headers.getSetCookie()[0]!;
    expect(cookie).toMatch(/^__(Host|Secure)-/);
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=', 'Path=/']) expect(cookie).toContain(attribute);
  });

  it('B-cookie.restore: comes back from the cookie alone', async () => {
    const { jar, who } = await signIn();
    const restored = await call('POST', `${dev.public_url}/api/v1/auth/refresh`, { jar });
    expect(restored.status).toBe(200);
    expect(restored.body.user.id).toBe(who.userId);
    expect(restored.body.refresh_token).toBeUndefined();
  });

  it('B-cookie.logout: ends the session and clears the cookie', async () => {
    const { jar, answer } = await signIn();
    const copy = jar.header;
    const out = await call('POST', `${dev.public_url}/api/v1/auth/logout`, { jar });
    expect([out.status, jar.names]).toEqual([204, []]);
    expect((await me(dev, answer.body.access_token)).status).toBe(401);
    const replay = await call('POST', `${dev.public_url}/api/v1/auth/refresh`, { headers: { cookie: copy } });
    expect(replay.status).toBe(401);
  });

  it('B-cookie.fallback: a client with the fallback on may send the token in the body', async () => {
    const { jar } = await signIn();
    const token = jar.header.slice(jar.header.indexOf('=') + 1);
    const answer = await call('POST', `${dev.public_url}/api/v1/auth/refresh`, {
      json: { refresh_token: decodeURIComponent(token), ...client },
    });
    expect(answer.status).toBe(200);
    const hub = await login(dev, await register(dev), { client_id: 'openalice-hub' });
    const cookie = hub.headers.getSetCookie()[0]!;
    const hubToken = decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1, cookie.indexOf(';')));
    const refused = await call('POST', v1('/auth/refresh'), {
      json: { refresh_token: hubToken, client_id: 'openalice-hub' },
    });
    expect(refused.status).toBe(401);
  });

  it('B-cors E-cors: listed origins get credentialed CORS, others none', async () => {
    const preflight = (from: string) =>
      call('OPTIONS', `${dev.public_url}/api/v1/auth/refresh`, {
        headers: {
          origin: from,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      });
    const listed = await preflight(origin);
    expect(listed.headers.get('access-control-allow-origin')).toBe(origin);
    expect(listed.headers.get('access-control-allow-credentials')).toBe('true');
    const foreign = await preflight('https://evil.example');
    expect(foreign.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('B-contracts: an unknown client application is named as such', async () => {
    const { status, body } = await login(dev, await register(dev), { client_id: `nobody-${randomUUID()}` });
    expect([status, body.code]).toEqual([400, 'unknown_client']);
  });

  it('E-headers: pages and answers carry the security headers', async () => {
    const { headers } = await call('GET', dev.public_url);
    expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/script-src[^;]*'nonce-/);
    const api = await call('GET', v1('/auth/me'));
    expect(api.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
