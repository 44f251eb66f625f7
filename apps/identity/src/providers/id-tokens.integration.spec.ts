import { OAuth2Server } from 'oauth2-mock-server';
import type { FinishedProvider } from '#contracts';
import { issuedOf, type IdentityApp } from '../../test/identity-app.js';
import { altered, identityWithProviders, ProviderBrowser } from '../../test/provider-browser.js';
import type { ProvidersStandIn } from '../../../stand-ins/src/providers/providers-stand-in.js';
import type { Trouble } from '../../../stand-ins/src/providers/desk.js';

/** What a forger puts into an ID token; times are Unix seconds. */
const now = Math.floor(Date.now() / 1_000);
const FORGERIES: [string, Trouble][] = [
  ['R-OC2: another nonce', { claims: { nonce: 'x'.repeat(43) } }],
  ['R-OC2: no nonce', { claims: { nonce: null } }],
  ['R-OC4: another issuer', { claims: { iss: 'https://evil.example' } }],
  ['R-OC4: the issuer with a slash at its end', { claims: { iss: 'https://accounts.google.com/' } }],
  ['R-OC4: no issuer', { claims: { iss: null } }],
  ['R-OC4: another audience', { claims: { aud: 'somebody-else' } }],
  ['R-OC4: no audience', { claims: { aud: null } }],
  ['R-OC4: several audiences without azp', { claims: { aud: ['gatehouse-development', 'other'], azp: null } }],
  ['R-OC4: another azp', { claims: { azp: 'other' } }],
  ['R-OC4: over', { claims: { exp: now - 60 } }],
  ['R-OC4: without an end', { claims: { exp: null } }],
  ['R-OC4: without a beginning', { claims: { iat: null } }],
  ['R-OC4: a key of a stranger', { foreign_key: true }],
  ['R-OC4: a key that is not published', { header: { kid: 'k2' } }],
  ['R-OC4: alg none', { header: { alg: 'none' } }],
  ['R-OC4: nobody', { claims: { sub: null } }],
  ['R-OC4: an empty subject', { claims: { sub: '' } }],
  ['R-OC4: a subject that is no text', { claims: { sub: 42 } }],
];

describe.each(['google', 'twitch'] as const)('an ID token of %s', (provider) => {
  let app: IdentityApp;
  let providers: ProvidersStandIn;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    ({ app, providers, stop } = await identityWithProviders());
  });
  afterAll(() => stop());
  afterEach(() => providers.desk.troubles.clear());
  const browser = (): ProviderBrowser => new ProviderBrowser(app, providers);

  it.each(FORGERIES)('%s is refused, and makes no account', async (_what, trouble) => {
    providers.desk.troubles.set(provider, trouble);
    expect(await browser().signIn(provider)).toMatchObject({ error: 'provider_failed' });
    expect(await app.database.query('SELECT 1 FROM website_users')).toEqual([]);
  });

  it('R-OC1: a code that another verifier began with is refused by the provider', async () => {
    const [mine, other] = [browser(), browser()];
    const foreign = (await other.visit(await other.start(provider))).find(({ name }) => name === 'code')!;
    const back = altered(await mine.visit(await mine.start(provider, { register: true })), { code: foreign.value });
    expect(await mine.finish(provider, back)).toMatchObject({ error: 'provider_failed' });
  });

  it('R-OC3: a callback that names another issuer is refused before the code is spent', async () => {
    const tab = browser();
    const back = altered(await tab.visit(await tab.start(provider, { register: true })), {
      iss: 'https://evil.example',
    });
    const asked = providers.desk.asked.length;
    const ended = await tab.finish(provider, back);
    if (provider === 'google') {
      expect(ended).toMatchObject({ error: 'provider_failed' });
      expect(providers.desk.asked).toHaveLength(asked);
    } else expect(ended.error).toBeUndefined();
  });

  it('R-OC9: the keys are fetched once, and an unknown key does not make us ask again and again', async () => {
    for (let i = 0; i < 5; i++) {
      providers.desk.troubles.set(provider, { header: { kid: `k${i + 10}` } });
      await browser().signIn(provider);
    }
    const keys = providers.desk.asked.filter(({ path }) => path === 'keys');
    expect(keys.length).toBeLessThanOrEqual(3);
  });
});

describe('Google, played by an OpenID server that others wrote', () => {
  const server = new OAuth2Server();
  let app: IdentityApp;
  let stop: () => Promise<void>;
  let providers: ProvidersStandIn;
  const claims: Record<string, unknown> = { sub: '1100', email: 'ada@example.test', email_verified: true, name: 'Ada' };

  beforeAll(async () => {
    await server.issuer.keys.generate('RS256');
    await server.start(0, '127.0.0.1');
    const url = server.issuer.url!;
    server.service.on('beforeTokenSigning', (token: { payload: Record<string, unknown> }) => {
      Object.assign(token.payload, claims);
    });
    ({ app, providers, stop } = await identityWithProviders({
      googleIssuer: url,
      googleAuthorizeUrl: `${url}/authorize`,
      googleTokenUrl: `${url}/token`,
      googleJwksUrl: `${url}/jwks`,
    }));
  });
  afterAll(async () => {
    await stop();
    await server.stop();
  });

  const signIn = (): Promise<FinishedProvider> => new ProviderBrowser(app, providers).signIn('google');

  it('E-oauth: signs in, with PKCE and nonce', async () => {
    const first = await signIn();
    expect(issuedOf(first.signed_in!).tokens.user).toMatchObject({ email: 'ada@example.test', email_verified: true });
    expect(await signIn()).toMatchObject({ user_id: first.user_id, is_new_user: false });
  });

  it.each<[string, Record<string, unknown>]>([
    ['R-OC2: a nonce of somebody else', { nonce: 'mine' }],
    ['R-OC4: another audience', { aud: 'other' }],
    ['R-OC4: a time that is over', { exp: now - 3_600 }],
  ])('%s is refused', async (_what, forged) => {
    const hook = ({ payload }: { payload: object }): void => void Object.assign(payload, forged);
    server.service.on('beforeTokenSigning', hook);
    expect(await signIn()).toMatchObject({ error: 'provider_failed' });
    server.service.off('beforeTokenSigning', hook);
  });
});
