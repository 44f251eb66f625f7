import * as oidc from 'openid-client';
import type { DevInfo } from '#local';
import { Browser, type Visit } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { call } from '../support/http.js';
import { stack } from '../support/index.js';
import { newcomer, register, type SignedIn } from '../support/people.js';

const SECRET = 'sample-web-app-secret-of-the-development-profile';
const CALLBACK = 'http://localhost:5180/callback';
const SCOPE = 'openid profile email offline_access';

let dev: DevInfo;
let config: oidc.Configuration;
beforeAll(async () => {
  dev = await stack();
  config = await configuration('sample-web-app', oidc.ClientSecretBasic(SECRET));
}, 120_000);

async function configuration(clientId: string, auth: oidc.ClientAuth, more: Partial<oidc.ClientMetadata> = {}) {
  const options = { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] };
  return oidc.discovery(new URL(dev.public_url), clientId, more, auth, options);
}

/** One sign-in at an application, as openid-client does it. */
class Attempt {
  readonly verifier = oidc.randomPKCECodeVerifier();
  readonly state = oidc.randomState();
  readonly nonce = oidc.randomNonce();

  async url(more: Record<string, string> = {}): Promise<URL> {
    const code_challenge = await oidc.calculatePKCECodeChallenge(this.verifier);
    const { state, nonce } = this;
    const asked = { redirect_uri: CALLBACK, scope: SCOPE, state, nonce, code_challenge, code_challenge_method: 'S256' };
    return oidc.buildAuthorizationUrl(config, { ...asked, ...more });
  }

  grant({ url }: Visit, more: oidc.AuthorizationCodeGrantChecks = {}) {
    const { verifier: pkceCodeVerifier, state: expectedState, nonce: expectedNonce } = this;
    return oidc.authorizationCodeGrant(config, url, {
      ...{ pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true },
      ...more,
    });
  }
}

/** A person who has signed in at our page and allowed the application what it asked for. */
async function allowed(browser: Browser, who: SignedIn, attempt = new Attempt(), more: Record<string, string> = {}) {
  const consent = await browser.signIn(await browser.open(await attempt.url(more)), who);
  expect(consent.url.pathname).toBe('/consent');
  return browser.submit(consent, { decision: 'allow' });
}

const userInfo = (token: string) => call('GET', `${dev.public_url}/oauth/userinfo`, { token });

describe('a web app that signs people in with Gatehouse (openid-client)', () => {
  it('R-AS5 R-AS9 R-AS10: from the sign-in page through consent to tokens, userinfo, refresh and sign-out', async () => {
    const who = await register(dev);
    const [browser, attempt] = [new Browser(dev), new Attempt()];
    const back = await allowed(browser, who, attempt);
    expect(back.url.searchParams.get('iss')).toBe(dev.public_url);
    const tokens = await attempt.grant(back, { maxAge: 300 });
    expect(tokens.claims()).toMatchObject({ sub: who.userId, aud: 'sample-web-app', amr: ['pwd'] });
    expect(tokens.scope).toBe(SCOPE);
    expect(await oidc.fetchUserInfo(config, tokens.access_token, who.userId)).toEqual({
      ...{ sub: who.userId, preferred_username: who.username, name: who.username },
      ...{ email: who.email, email_verified: false },
    });
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token!);
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    const id_token_hint = tokens.id_token!;
    const bye = { id_token_hint, post_logout_redirect_uri: 'http://localhost:5180/', state: 'bye' };
    const out = await browser.open(oidc.buildEndSessionUrl(config, bye));
    expect(out.url.href).toBe('http://localhost:5180/?state=bye');
    await eventually('the tokens to be dead', 45_000, async () =>
      (await userInfo(next.access_token)).status === 401 ? true : undefined,
    );
    await expect(oidc.refreshTokenGrant(config, next.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' });
    expect((await browser.open(await new Attempt().url())).url.pathname).toBe('/signin');
  });

  it('R-AS9: who is signed in and has allowed it once is asked nothing more', async () => {
    const who = await register(dev);
    const browser = new Browser(dev);
    await allowed(browser, who);
    const again = new Attempt();
    const back = await browser.open(await again.url({ prompt: 'none' }));
    expect((await again.grant(back)).claims()!.sub).toBe(who.userId);
  });

  it('prompt=none without a session is login_required, and prompt=login asks again', async () => {
    const silent = new Attempt();
    const back = await new Browser(dev).open(await silent.url({ prompt: 'none' }));
    await expect(silent.grant(back)).rejects.toMatchObject({ error: 'login_required' });
    const who = await register(dev);
    const browser = new Browser(dev);
    await allowed(browser, who);
    const before = browser.jar.header;
    const fresh = new Attempt();
    const page = await browser.open(await fresh.url({ prompt: 'login' }));
    expect(page.url.pathname).toBe('/signin');
    const tokens = await fresh.grant(await browser.signIn(page, who));
    expect(tokens.claims()!.auth_time).toBeGreaterThan(Date.now() / 1000 - 60);
    // R-SE2: another session.
    expect(browser.jar.header).not.toBe(before);
  });

  it('R-AS9: a consent that is denied is access_denied', async () => {
    const [browser, attempt] = [new Browser(dev), new Attempt()];
    const consent = await browser.signIn(await browser.open(await attempt.url()), await register(dev));
    const back = await browser.submit(consent, { decision: 'deny' });
    await expect(attempt.grant(back)).rejects.toMatchObject({ error: 'access_denied' });
  });

  it('R-AS9: what is taken back ends at once', async () => {
    const who = await register(dev);
    const attempt = new Attempt();
    const tokens = await attempt.grant(await allowed(new Browser(dev), who, attempt));
    const grants = `${dev.public_url}/v1/auth/grants`;
    const listed = await call('GET', grants, { token: who.accessToken });
    expect(listed.body.grants).toMatchObject([{ client_id: 'sample-web-app', scopes: SCOPE.split(' ').sort() }]);
    expect((await call('DELETE', `${grants}/sample-web-app`, { token: who.accessToken })).status).toBe(204);
    expect((await userInfo(tokens.access_token)).status).toBe(401);
    expect((await call('GET', grants, { token: who.accessToken })).body.grants).toEqual([]);
  });

  it('R-AS9: its token opens nothing of the account', async () => {
    const attempt = new Attempt();
    const { access_token: token } = await attempt.grant(await allowed(new Browser(dev), await register(dev), attempt));
    for (const path of ['/v1/auth/me', '/v1/auth/sessions', '/v1/auth/grants', '/v1/auth/export', '/v1/license/me']) {
      const { status, body } = await call('GET', `${dev.public_url}${path}`, { token });
      expect([path, status, body.code]).toEqual([path, 403, 'insufficient_scope']);
    }
  });

  it('R-RF8 R-RF9 R-AS6: a refresh token narrows, never widens, and is revoked by its client only', async () => {
    const attempt = new Attempt();
    const tokens = await attempt.grant(await allowed(new Browser(dev), await register(dev), attempt));
    const less = await oidc.refreshTokenGrant(config, tokens.refresh_token!, { scope: 'openid' });
    expect(less.scope).toBe('openid');
    const more = oidc.refreshTokenGrant(config, less.refresh_token!, { scope: 'openid roles' });
    await expect(more).rejects.toMatchObject({ error: 'invalid_scope' });
    const stranger = await configuration('sample-desktop-app', oidc.None());
    await expect(oidc.refreshTokenGrant(stranger, less.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(oidc.tokenRevocation(stranger, less.refresh_token!)).rejects.toMatchObject({ status: 401 });
    await oidc.tokenRevocation(config, less.refresh_token!);
    expect((await userInfo(less.access_token)).status).toBe(401);
  });

  it('R-AS3: without its secret there is nothing for its code, and the code stays good', async () => {
    const attempt = new Attempt();
    const back = await allowed(new Browser(dev), await register(dev), attempt);
    const form = {
      ...{ grant_type: 'authorization_code', code: back.url.searchParams.get('code')!, client_id: 'sample-web-app' },
      ...{ redirect_uri: CALLBACK, code_verifier: attempt.verifier },
    };
    const refused = await call('POST', `${dev.public_url}/oauth/token`, { form });
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client']);
    expect((await attempt.grant(back)).token_type).toBe('bearer');
  });
});

it('R-AS10: signing out without an ID token asks first', async () => {
  const browser = new Browser(dev);
  const who = newcomer();
  await register(dev, who);
  await browser.signIn(await browser.open('/signin'), who);
  const asked = await browser.open('/oauth/logout');
  expect(asked.page!.body).toContain('Sign out?');
  expect((await browser.open('/signin')).page!.body).toContain('You are signed in');
  const out = await browser.submit(asked);
  expect(out.page!.body).toContain('You are signed out');
  expect((await browser.open('/signin')).page!.body).toContain('type="password"');
});
