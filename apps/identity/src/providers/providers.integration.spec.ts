import { IdentityLinked, PROVIDERS, StartProvider, UserRegistered, type ProviderName } from '#contracts';
import { issuedOf, outcome, parallel, type IdentityApp } from '../../test/identity-app.js';
import { altered, configFor, identityWithProviders, ProviderBrowser } from '../../test/provider-browser.js';
import type { ProvidersStandIn } from '../../../stand-ins/src/providers/providers-stand-in.js';

let app: IdentityApp;
let providers: ProvidersStandIn;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ app, providers, stop } = await identityWithProviders());
  // Two replicas share every question, so that nothing of a sign-in may live in one of them (E-oauth).
  await app.replica(configFor(providers.url));
});
afterAll(() => stop());
afterEach(() => {
  jest.restoreAllMocks();
  providers.desk.troubles.clear();
});

const FRONTEND = 'https://play.example.com/auth/callback';
const browser = (): ProviderBrowser => new ProviderBrowser(app, providers);
let people = 5_000;
/** Somebody whom no provider has seen before. */
const person = (more: object = {}) => {
  const id = String(++people);
  return { id, login: `sky-${id}`, email: `sky.${id}@example.test`, ...more };
};
const accounts = async (): Promise<number> =>
  Number((await app.database.query<{ count: string }>('SELECT count(*) FROM website_users'))[0]!.count);
describe.each(PROVIDERS)('signing in with %s', (provider) => {
  it('E-oauth B-providers: makes an account for somebody new when asked to, and finds it again', async () => {
    const [tab, who] = [browser(), person()];
    tab.seat(provider, who);
    const first = await tab.signIn(provider);
    expect(first).toMatchObject({ return_to: FRONTEND, is_new_user: true });
    const { tokens } = issuedOf(first.signed_in!);
    const email = provider === 'steam' ? null : who.email;
    expect(tokens.user).toMatchObject({ id: first.user_id, email, email_verified: email !== null });
    expect(await app.events(UserRegistered, first.user_id!)).toHaveLength(1);
    expect(await app.events(IdentityLinked, first.user_id!)).toMatchObject([{ provider, reason: 'registration' }]);
    const again = await browser().signIn(provider, {});
    expect(again).toMatchObject({ user_id: first.user_id, is_new_user: false });
  });

  it('E-oauth: says not_registered, and makes nothing, when the account is not to be made', async () => {
    const tab = browser();
    tab.seat(provider, person());
    const before = await accounts();
    expect(await tab.signIn(provider, {})).toEqual({ return_to: FRONTEND, error: 'not_registered' });
    expect(await accounts()).toBe(before);
  });

  it('R-OC1: the state is bound to the browser that began', async () => {
    const [mine, theirs] = [browser(), browser()];
    mine.seat(provider, person());
    const back = await mine.visit(await mine.start(provider, { register: true }));
    const before = await accounts();
    expect(await theirs.finish(provider, back)).toEqual({ return_to: FRONTEND, error: 'state_invalid' });
    expect(await mine.finish(provider, back, 'x')).toMatchObject({ error: 'state_invalid' });
    expect(await accounts()).toBe(before);
    expect(await mine.finish(provider, back)).toMatchObject({ is_new_user: true });
  });

  it('R-OC8: a callback counts once, also of fifty at once', async () => {
    const tab = browser();
    tab.seat(provider, person());
    const back = await tab.visit(await tab.start(provider, { register: true }));
    const ends = await parallel(50, () => tab.finish(provider, back));
    expect(ends.filter((end) => end.signed_in)).toHaveLength(1);
    expect(ends.filter((end) => end.error === 'state_invalid')).toHaveLength(49);
  });

  it('R-OC8: two callbacks of two tabs at once make one account', async () => {
    const tab = browser();
    tab.seat(provider, person());
    const backs = await parallel(6, async () => tab.visit(await tab.start(provider, { register: true })));
    const before = await accounts();
    const ends = await Promise.all(backs.map((back) => tab.finish(provider, back)));
    expect(new Set(ends.map((end) => end.user_id)).size).toBe(1);
    expect(ends.filter((end) => end.is_new_user)).toHaveLength(1);
    expect(await accounts()).toBe(before + 1);
  });

  it('R-OC3: a state of another provider is refused, and stays good for its own', async () => {
    const other: ProviderName = provider === 'github' ? 'google' : 'github';
    const tab = browser();
    tab.seat(provider, person());
    const back = await tab.visit(await tab.start(provider, { register: true }));
    expect(await tab.finish(other, back)).toMatchObject({ error: 'state_invalid' });
    expect(await tab.finish(provider, back)).toMatchObject({ is_new_user: true });
  });

  it.each(['', 'x'.repeat(43), undefined])('R-OC1: a state that nobody gave (%s) leads nowhere', async (state) => {
    const tab = browser();
    const back = altered(await tab.visit(await tab.start(provider)), { state: state ?? null });
    expect(await tab.finish(provider, back)).toEqual({
      return_to: 'https://accounts.example.test/',
      error: 'state_invalid',
    });
  });

  it('E-oauth: a state is over after ten minutes', async () => {
    const tab = browser();
    const back = await tab.visit(await tab.start(provider, { register: true }));
    const [{ minutes }] = (await app.database.query(
      `SELECT round(extract(epoch FROM max(expires_at) - now()) / 60)::integer AS minutes FROM provider_attempts`,
    )) as [{ minutes: number }];
    expect(minutes).toBe(10);
    await app.database.query(`UPDATE provider_attempts SET expires_at = now() WHERE consumed_at IS NULL`);
    expect(await tab.finish(provider, back)).toEqual({ return_to: FRONTEND, error: 'state_invalid' });
  });

  it('R-ST1: the person may say no', async () => {
    const tab = browser();
    tab.seat(provider, person({ deny: true }));
    expect(await tab.signIn(provider)).toEqual({ return_to: FRONTEND, error: 'access_denied' });
  });

  it.each<[string, object]>([
    ['does not answer', { hang: true }],
    ['answers 503', { status: 503 }],
    ['answers without end', { bytes: 2_000_000 }],
  ])('R-OC7: a provider that %s leaves no account behind, and a clean failure', async (_how, trouble) => {
    const tab = browser();
    tab.seat(provider, person());
    const before = await accounts();
    providers.desk.troubles.set(provider, trouble);
    // What is waited for in earnest is a tenth of what a busy machine is given.
    const { timeout } = AbortSignal;
    jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout.call(AbortSignal, ms / 10));
    expect(await tab.signIn(provider)).toEqual({ return_to: FRONTEND, error: 'provider_failed' });
    expect(await accounts()).toBe(before);
    jest.restoreAllMocks();
    providers.desk.troubles.clear();
    expect(await tab.signIn(provider)).toMatchObject({ is_new_user: true });
  });

  it('R-ST7: a parameter that comes twice is refused', async () => {
    const tab = browser();
    const back = await tab.visit(await tab.start(provider, { register: true }));
    const twice = back.find(({ name }) => name !== 'state')!;
    expect(await tab.finish(provider, [...back, twice])).toMatchObject({ error: 'provider_failed' });
  });
});

describe('where a sign-in begins and ends', () => {
  const start = (more: object) =>
    outcome(
      app.ask(StartProvider, { provider: 'github', browser: 'b'.repeat(43), client_id: 'player-client', ...more }),
    );

  it.each([
    'https://evil.example/auth/callback',
    '//play.example.com/auth/callback',
    'https://play.example.com/auth/callback/',
    'https://play.example.com/auth/callback?next=x',
    'https://play.example.com\\@evil.example/auth/callback',
    'https://play.example.com@evil.example/auth/callback',
    'https://play.example.com%2Fauth%2Fcallback',
    'HTTPS://play.example.com/auth/callback',
    'javascript:alert(1)//https://play.example.com/auth/callback',
    'http://localhost:3010/auth/callback',
  ])('R-SE14: %s is nowhere to return to', async (return_to) => {
    expect(await start({ return_to })).toBe('validation_failed');
  });

  it('E-oauth: clients without the way in, or without a cookie, and unknown ones are refused', async () => {
    expect(await start({ client_id: 'branchpy-cli' })).toBe('grant_not_allowed');
    expect(await start({ client_id: 'nobody' })).toBe('unknown_client');
  });

  it('R-OC1: what goes to the provider has PKCE S256, a state, and our own callback whatever host was asked', async () => {
    const url = new URL(await browser().start('google'));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: 'https://accounts.example.test/v1/auth/google/callback',
    });
  });

  it('R-OC1: neither state nor verifier nor nonce is kept', async () => {
    const url = new URL(await browser().start('google'));
    const rows = JSON.stringify(await app.database.query('SELECT * FROM provider_attempts'));
    for (const name of ['state', 'nonce']) expect(rows).not.toContain(url.searchParams.get(name));
  });
});
