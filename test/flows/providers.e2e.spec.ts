import { randomUUID } from 'node:crypto';
import type { DevInfo } from '#local';
import { Browser } from '../support/browser.js';
import { call, CookieJar, type Answer } from '../support/http.js';
import { stack } from '../support/index.js';
import { me, register, verifyAddress } from '../support/people.js';
import { Wallet } from '../support/wallet.js';

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 120_000);

type Provider = 'github' | 'google' | 'twitch' | 'steam';
const PROVIDERS: Provider[] = ['github', 'google', 'twitch', 'steam'];
const v1 = (path: string): string => `${dev.public_url}/v1${path}`;
const seat = (provider: Provider, person: object): Promise<Answer> =>
  call('POST', `${dev.providers_url}/_control/profile`, { json: { provider, ...person } });
const someone = () => {
  const id = randomUUID().slice(0, 8);
  return { id: `9${Number.parseInt(id, 16)}`, login: `wren-${id}`, email: `wren.${id}@example.com` };
};

/** Follows a browser from the start to the frontend. @returns what the frontend is told */
async function browse(jar: CookieJar, start: string, headers: Record<string, string> = {}): Promise<URL> {
  const first = await call('GET', start, { jar, headers });
  if (first.status !== 302) throw new Error(`the start answered ${first.status} ${JSON.stringify(first.body)}`);
  return arrive(jar, first.headers.get('location')!);
}

async function arrive(jar: CookieJar, authorizeUrl: string): Promise<URL> {
  const atProvider = await call('GET', authorizeUrl);
  const back = await call('GET', atProvider.headers.get('location')!, { jar });
  expect(back.status).toBe(302);
  return new URL(back.headers.get('location')!);
}
const told = (url: URL): Record<string, string> => Object.fromEntries(url.searchParams);

describe.each(PROVIDERS)('a player who comes with %s', (provider) => {
  it('E-oauth E-oauth.handoff: is registered, and the page gets its tokens by refresh', async () => {
    const [jar, who] = [new CookieJar(), someone()];
    await seat(provider, who);
    const unknown = await browse(jar, v1(`/auth/${provider}?client_id=player-client`));
    expect(told(unknown)).toEqual({ error: 'not_registered' });
    const url = await browse(jar, v1(`/auth/${provider}?client_id=player-client&register=true`));
    expect(url.href.split('?')[0]).toBe(`${dev.providers_url}/arrival`);
    expect(told(url)).toEqual({ user_id: expect.any(String), is_new_user: 'true' });
    expect(jar.names).toContain('__Host-player_refresh');
    const restored = await call('POST', v1('/auth/refresh'), { jar, json: { client_id: 'player-client' } });
    expect(restored.body.user).toMatchObject({ id: told(url).user_id, email: provider === 'steam' ? null : who.email });
    expect((await me(dev, restored.body.access_token)).status).toBe(200);
    const again = await browse(new CookieJar(), `${dev.public_url}/auth/${provider}`);
    expect(told(again)).toEqual({ user_id: told(url).user_id, is_new_user: 'false' });
  });

  it('E-oauth.handoff: whoever tries it on a laptop ends at a page that says how it went', async () => {
    await seat(provider, someone());
    const start = (more: string) => browse(new CookieJar(), v1(`/auth/${provider}?client_id=player-client${more}`));
    const [failed, arrived] = [await start(''), await start('&register=true')];
    const page = async (url: URL) => (await fetch(url)).text();
    expect(await page(failed)).toMatch(/Nobody was signed in.*not_registered/s);
    expect(await page(arrived)).toMatch(new RegExp(`Signed in.*${told(arrived).user_id}`, 's'));
  });

  it('R-OC1 R-OC8: neither another browser nor a second callback gets in', async () => {
    const [jar, stranger] = [new CookieJar(), new CookieJar()];
    await seat(provider, someone());
    const first = await call('GET', v1(`/auth/${provider}?register=true`), { jar });
    const callback = (await call('GET', first.headers.get('location')!)).headers.get('location')!;
    const foreign = await call('GET', callback, { jar: stranger });
    expect(new URL(foreign.headers.get('location')!).searchParams.get('error')).toBe('state_invalid');
    expect(stranger.names).toEqual([]);
    const own = await call('GET', callback, { jar });
    expect(new URL(own.headers.get('location')!).searchParams.get('is_new_user')).toBe('true');
    const replay = await call('GET', callback, { jar });
    expect(new URL(replay.headers.get('location')!).searchParams.get('error')).toBe('state_invalid');
  });
});

describe('where a sign-in returns to', () => {
  it('R-SE14: the addresses that the client lists, and those of local frontends while developing', async () => {
    const start = (return_to: string) =>
      call('GET', v1(`/auth/github?client_id=player-client&return_to=${encodeURIComponent(return_to)}`));
    for (const listed of ['http://localhost:3010/auth/callback', 'https://play.example.com/auth/callback'])
      expect((await start(listed)).status).toBe(302);
    for (const evil of ['https://evil.example/', '//evil.example', 'https://play.example.com/auth/callback/../x']) {
      const got = await start(evil);
      expect([got.status, got.headers.get('location')]).toEqual([400, null]);
    }
  });

  it('E-oauth: a state that nobody gave goes to our own page with an error', async () => {
    const got = await call('GET', v1('/auth/google/callback?state=nonsense&code=x'));
    expect([got.status, got.headers.get('location')]).toEqual([302, `${dev.public_url}/?error=state_invalid`]);
  });
});

describe('a person at our own sign-in page', () => {
  it('B-providers: signs in with GitHub and comes to where they were going', async () => {
    await seat('github', someone());
    const browser = new Browser(dev);
    const page = await browser.open('/signin?return_to=/device');
    const link = /href="(\/signin\/with\/github[^"]*)"/.exec(String(page.page!.body))![1]!;
    const away = await browser.open(link);
    expect(away.page).toBeUndefined();
    const callback = (await call('GET', away.url.href)).headers.get('location')!;
    const back = await browser.open(callback);
    expect([back.url.pathname, back.page!.status]).toEqual(['/device', 200]);
    expect((await browser.open('/signin')).page!.body).toContain('You are signed in');
  });
});

describe('one account with several identities', () => {
  it('B-providers R-LK7 R-LK8: links, enters by the identity, unlinks, and keeps the last way in', async () => {
    const [who, jar, seated] = [await register(dev), new CookieJar(), someone()];
    await verifyAddress(dev, who);
    await seat('github', seated);
    const { body } = await call('POST', v1('/auth/identities/github/start'), {
      ...{ jar, token: who.accessToken },
      json: { client_id: 'player-client' },
    });
    expect(told(await arrive(jar, body.authorize_url))).toEqual({ user_id: who.userId, is_new_user: 'false' });
    const entered = await browse(new CookieJar(), v1('/auth/github'));
    expect(told(entered).user_id).toBe(who.userId);
    const list = await call('GET', v1('/auth/identities'), { token: who.accessToken });
    expect(list.body.identities).toMatchObject([{ provider: 'github', label: seated.login }]);
    const [{ id }] = list.body.identities;
    expect((await call('DELETE', v1(`/auth/identities/${id}`), { token: who.accessToken })).status).toBe(204);
    expect(told(await browse(new CookieJar(), v1('/auth/github')))).toEqual({ error: 'not_registered' });
  });

  it('R-LK8: the only way in is not unlinked', async () => {
    const jar = new CookieJar();
    await seat('steam', someone());
    await browse(jar, v1('/auth/steam?register=true'));
    const { body } = await call('POST', v1('/auth/refresh'), { jar, json: { client_id: 'player-client' } });
    const token = body.access_token as string;
    const list = await call('GET', v1('/auth/identities'), { token });
    const got = await call('DELETE', v1(`/auth/identities/${list.body.identities[0].id}`), { token });
    expect([got.status, got.body.code]).toEqual([409, 'last_way_in']);
  });

  it('R-LK1: an address that both sides have verified is one account', async () => {
    const who = await register(dev);
    await seat('google', { ...someone(), email: who.email });
    expect(told(await browse(new CookieJar(), v1('/auth/google?register=true')))).toEqual({ error: 'email_taken' });
    await verifyAddress(dev, who);
    const entered = told(await browse(new CookieJar(), v1('/auth/google')));
    expect(entered).toEqual({ user_id: who.userId, is_new_user: 'false' });
  });
});

describe('a viewer of the Twitch extension', () => {
  const viewerToken = async (json: object): Promise<string> =>
    (await call('POST', `${dev.providers_url}/_control/extension-token`, { json })).body.token;

  it('B-extension: gets an access token that the other endpoints take, and no refresh token', async () => {
    const token = await viewerToken({ user_id: someone().id });
    const got = await call('POST', `${dev.public_url}/api/v1/extension/auth/login`, { token });
    expect(got.status).toBe(200);
    expect(got.body).not.toHaveProperty('refresh_token');
    expect((await me(dev, got.body.access_token)).body).toMatchObject({ id: got.body.user.id, email: null });
    const entitled = await call('GET', v1('/license/me'), { token: got.body.access_token });
    expect(entitled.status).toBe(200);
  });

  it('R-TW4: what needs a fresh sign-in is closed to it', async () => {
    const got = await call('POST', v1('/extension/auth/login'), {
      json: { token: await viewerToken({ user_id: '77' }) },
    });
    const link = await call('POST', v1('/auth/identities/github/start'), { token: got.body.access_token });
    expect([link.status, link.body.code]).toEqual([401, 'insufficient_user_authentication']);
  });

  it('R-TW2 R-TW3: no back end, and nobody who has not shared who they are', async () => {
    const enter = async (json: object) =>
      (await call('POST', v1('/extension/auth/login'), { token: await viewerToken(json) })).body.code;
    expect(await enter({ role: 'external' })).toBe('extension_token_invalid');
    expect(await enter({ user_id: '' })).toBe('identity_not_shared');
  });
});

describe('a holder of a wallet', () => {
  const client_id = 'tachigo-dashboard';
  const nonceFor = (address: string, more: object = {}): Promise<Answer> =>
    call('POST', v1('/auth/web3/nonce'), { json: { address, ...more } });

  it('B-providers: signs the message and is signed in by cookie, once', async () => {
    const [wallet, jar] = [new Wallet(), new CookieJar()];
    const { message } = (await nonceFor(wallet.address)).body;
    const json = { message, signature: wallet.sign(message) };
    const got = await call('POST', v1('/auth/web3/login'), { jar, json });
    expect([got.status, got.body.user.email]).toEqual([200, null]);
    expect(got.body).not.toHaveProperty('refresh_token');
    expect(jar.names).toContain('__Host-tachigo_refresh');
    const restored = await call('POST', v1('/auth/refresh'), { jar, json: { client_id } });
    expect(restored.body.user.id).toBe(got.body.user.id);
    const again = await call('POST', v1('/auth/web3/login'), { json });
    expect([again.status, again.body.code]).toEqual([401, 'wallet_proof_invalid']);
  });

  it('R-LK7: links it to an account, and enters the account with it', async () => {
    const [who, wallet] = [await register(dev), new Wallet()];
    const { address } = wallet;
    const token = who.accessToken;
    const { message } = (await call('POST', v1('/auth/identities/web3/start'), { token, json: { address } })).body;
    const json = { message, signature: wallet.sign(message) };
    expect((await call('POST', v1('/auth/identities/web3'), { token, json })).status).toBe(201);
    const nonce = (await nonceFor(address, { client_id })).body.message as string;
    const proof = { message: nonce, signature: wallet.sign(nonce), client_id };
    expect((await call('POST', v1('/auth/web3/login'), { json: proof })).body.user.id).toBe(who.userId);
  });
});
