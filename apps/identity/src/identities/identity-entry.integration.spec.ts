import { randomUUID } from 'node:crypto';
import { IdentityLinked, IdentityRefused, type FinishedProvider, type ProviderName } from '#contracts';
import { issuedOf, type IdentityApp } from '../../test/identity-app.js';
import { identityWithProviders, ProviderBrowser } from '../../test/provider-browser.js';
import type { ProvidersStandIn } from '../../../stand-ins/src/providers/providers-stand-in.js';

let app: IdentityApp;
let providers: ProvidersStandIn;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ app, providers, stop } = await identityWithProviders());
});
afterAll(() => stop());
afterEach(() => providers.desk.troubles.clear());

const FRONTEND = 'https://play.example.com/auth/callback';
const browser = (): ProviderBrowser => new ProviderBrowser(app, providers);
let people = 6_000;
const person = (more: object = {}) => {
  const id = String(++people);
  return { id, login: `sky-${id}`, email: `sky.${id}@example.test`, ...more };
};
const accounts = async (): Promise<number> =>
  Number((await app.database.query<{ count: string }>('SELECT count(*) FROM website_users'))[0]!.count);
/** Changes the address of an account as if it had been verified, or not. */
const setVerified = (userId: string, verified: boolean) =>
  app.database.query('UPDATE website_users SET email_verified_at = $2 WHERE id = $1', [
    userId,
    verified ? new Date() : null,
  ]);

describe('whose account it is', () => {
  const signIn = async (
    provider: ProviderName,
    who: Record<string, unknown>,
    register = true,
  ): Promise<FinishedProvider> => {
    const tab = browser();
    tab.seat(provider, who);
    return tab.signIn(provider, { register });
  };

  it('R-LK1: an address that both sides have verified links the identity', async () => {
    const { tokens } = await app.register();
    await setVerified(tokens.user.id, true);
    const ended = await signIn('github', person({ email: tokens.user.email!.toUpperCase() }));
    expect(ended).toMatchObject({ user_id: tokens.user.id, is_new_user: false });
    expect(await app.events(IdentityLinked, tokens.user.id)).toMatchObject([{ reason: 'same_address' }]);
  });

  it('R-LK1 R-LK2: an address that the account has not verified asks for its password first; nothing is merged', async () => {
    const { tokens } = await app.register();
    const ended = await signIn('google', person({ email: tokens.user.email }));
    expect(ended).toEqual({ return_to: FRONTEND, error: 'email_taken' });
    const linked = await app.database.query('SELECT 1 FROM oauth_accounts WHERE user_id = $1', [tokens.user.id]);
    expect(linked).toEqual([]);
  });

  it.each<[string, ProviderName, object, object]>([
    ['false', 'google', { email_verified: false }, {}],
    ['the text "true"', 'google', {}, { email_verified: 'true' }],
    ['missing', 'google', {}, { email_verified: null }],
    ['missing', 'twitch', {}, { email_verified: null }],
    ['false', 'github', { email_verified: false }, {}],
  ])('R-LK6: email_verified %s at %s is no verified address', async (_what, provider, more, claims) => {
    const { tokens } = await app.register();
    await setVerified(tokens.user.id, true);
    providers.desk.troubles.set(provider, { claims: claims as Record<string, unknown> });
    const ended = await signIn(provider, person({ email: tokens.user.email, ...more }));
    expect(ended.is_new_user).toBe(true);
    expect(ended.user_id).not.toBe(tokens.user.id);
    expect(issuedOf(ended.signed_in!).tokens.user.email).toBeNull();
  });

  it('R-OC5: the identity is the provider’s stable id: another login name or address is the same person', async () => {
    const who = person();
    const first = await signIn('github', who);
    const again = await signIn('github', { ...who, login: 'renamed', email: `${randomUUID()}@example.test` });
    expect(again).toMatchObject({ user_id: first.user_id, is_new_user: false });
  });

  it('R-OC5: the same id at another provider is somebody else', async () => {
    const who = person({ email: null });
    const [github, twitch] = [await signIn('github', who), await signIn('twitch', who)];
    expect(twitch.user_id).not.toBe(github.user_id);
  });

  it('R-ST8: a person from Steam has no address, and an account all the same', async () => {
    const { tokens } = issuedOf((await signIn('steam', person())).signed_in!);
    expect(tokens.user).toMatchObject({
      email: null,
      email_verified: false,
      username: expect.stringMatching(/^steam-/),
    });
  });

  it('a login name that is taken gets a suffix, and one that is no username is left out', async () => {
    const login = `taken-${people}`;
    const [a, b] = [await signIn('github', person({ login })), await signIn('github', person({ login }))];
    expect(issuedOf(a.signed_in!).tokens.user.username).toBe(login);
    expect(issuedOf(b.signed_in!).tokens.user.username).toMatch(new RegExp(`^${login}-[0-9a-f]{8}$`));
    const odd = await signIn('github', person({ login: '☃' }));
    expect(issuedOf(odd.signed_in!).tokens.user.username).toMatch(/^github-/);
  });

  it('R-SE5: a suspended account is not entered, and the refusal is told', async () => {
    const who = person();
    const first = await signIn('github', who);
    await app.database.query('UPDATE website_users SET is_active = false WHERE id = $1', [first.user_id]);
    expect(await signIn('github', who)).toEqual({ return_to: FRONTEND, error: 'sign_in_refused' });
    const told = await app.database.query<{ data: { reason: string } }>(
      `SELECT data FROM told WHERE event = $1 ORDER BY seq DESC LIMIT 1`,
      [IdentityRefused.name],
    );
    expect(told[0]!.data).toMatchObject({ provider: 'github', reason: 'sign_in_refused' });
  });

  it('E-login: an account that has an admin’s credentials is not entered by a provider', async () => {
    const who = person();
    const first = await signIn('github', who);
    await app.database.query('INSERT INTO admin_credentials (user_id, username, password_hash) VALUES ($1, $2, $3)', [
      first.user_id,
      `boss-${people}`,
      'x',
    ]);
    expect(await signIn('github', who)).toMatchObject({ error: 'sign_in_refused' });
  });

  it('R-MF7 R-MF6: an account with a second factor is asked for it, and no session is opened before', async () => {
    const who = person();
    const first = await signIn('google', who);
    const sessions = () => app.database.query('SELECT 1 FROM auth_sessions WHERE user_id = $1', [first.user_id]);
    const before = await sessions();
    await app.database.query(
      `INSERT INTO totp_factors (user_id, sealed_secret, enabled_at) VALUES ($1, 'sealed', now())`,
      [first.user_id],
    );
    await app.database.query('UPDATE website_users SET mfa_since = now() WHERE id = $1', [first.user_id]);
    const { signed_in } = await signIn('google', who);
    expect(signed_in).toEqual({
      challenge: { mfa_required: true, mfa_token: expect.any(String), methods: expect.arrayContaining(['totp']) },
    });
    expect(await sessions()).toHaveLength(before.length);
  });

  it('R-OC7: when no token can be signed no account is made', async () => {
    app.secrets.sealed = true;
    const before = await accounts();
    expect(await signIn('github', person())).toMatchObject({ error: 'temporarily_unavailable' });
    app.secrets.sealed = false;
    expect(await accounts()).toBe(before);
  });
});
