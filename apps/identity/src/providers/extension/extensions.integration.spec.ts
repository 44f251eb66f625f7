import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { IdentityRefused, LoginFromExtension, RefreshSession } from '#contracts';
import { testDir } from '../../../../../test/support/index.js';
import { IdentityApp, issuedOf, outcome } from '../../../test/identity-app.js';
import { claimsOf } from '../../../test/neighbours.js';
import { configFor } from '../../../test/provider-browser.js';
import { readSecrets } from './extension-secrets.service.js';

const [CURRENT, NEXT] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const bytesOf = (secret: string): Uint8Array => new Uint8Array(Buffer.from(secret, 'base64'));
let app: IdentityApp;
beforeAll(async () => {
  const extensionSecretsFile = join(testDir('extensions'), 'secrets.json');
  writeFileSync(extensionSecretsFile, JSON.stringify({ tachimint: [CURRENT, NEXT] }), { mode: 0o600 });
  app = await IdentityApp.start({ ...configFor('http://127.0.0.1:9'), extensionSecretsFile });
});
afterAll(() => app?.stop());

let viewers = 9_000;
const viewer = (more: object = {}) => {
  const user_id = String(++viewers);
  const exp = Math.floor(Date.now() / 1_000) + 600;
  return { exp, opaque_user_id: `U${user_id}`, user_id, channel_id: '424242', role: 'viewer', ...more };
};
const sign = (claims: Record<string, unknown>, key: Uint8Array = bytesOf(CURRENT), alg = 'HS256'): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT' }).sign(key);
const login = (token: string, more: object = {}) => app.ask(LoginFromExtension, { token, ...more });
const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('a viewer of a Twitch extension', () => {
  it('B-extension: gets an access token for the extension’s audience, and the same account the next time', async () => {
    const who = viewer();
    const first = issuedOf(await login(await sign(who)));
    expect(first.tokens).not.toHaveProperty('refresh_token');
    expect(claimsOf(first.tokens.access_token)).toMatchObject({ aud: 'tachigo-api', client_id: 'tachimint' });
    const again = issuedOf(await login(await sign({ ...who, role: 'moderator', channel_id: '1' })));
    expect(again.tokens.user.id).toBe(first.tokens.user.id);
  });

  it('R-TW4: the token is bound to the channel, short, and never fresh enough for step-up', async () => {
    const { tokens } = issuedOf(await login(await sign(viewer())));
    const claims = claimsOf(tokens.access_token) as { exp: number; iat: number; auth_time: number; scope: string };
    expect(claims.scope.split(' ')).toContain('twitch_channel:424242');
    expect(claims.auth_time).toBe(1);
    expect(claims.exp - claims.iat).toBeLessThanOrEqual(3_600);
    const [session] = await app.database.query<{ refresh_token_hash: unknown }>(
      'SELECT refresh_token_hash FROM auth_sessions WHERE user_id = $1',
      [tokens.user.id],
    );
    expect(session).toEqual({ refresh_token_hash: null });
    expect(await outcome(app.ask(RefreshSession, { refresh_token: tokens.access_token }))).toBe(
      'refresh_token_invalid',
    );
  });

  it('B-extension: the client is named by its id, by the extension’s, or is the default of this way in', async () => {
    for (const client_id of ['tachimint', 'tachimint-extension', undefined]) {
      expect(issuedOf(await login(await sign(viewer()), { client_id })).client_id).toBe('tachimint');
    }
    expect(await outcome(login(await sign(viewer()), { client_id: 'web' }))).toBe('grant_not_allowed');
    expect(await outcome(login(await sign(viewer()), { client_id: 'nobody' }))).toBe('unknown_client');
  });

  it('R-TW1: both of two active secrets count', async () => {
    expect(await outcome(login(await sign(viewer(), bytesOf(NEXT))))).toBe('ok');
  });

  it.each<[string, () => string | Promise<string>]>([
    ['R-TW1: signed with the secret as it is written', () => sign(viewer(), new TextEncoder().encode(CURRENT))],
    ['R-TW1: signed by a stranger', () => sign(viewer(), randomBytes(32))],
    ['R-TW1: HS512', () => sign(viewer(), bytesOf(CURRENT), 'HS512')],
    ['R-TW1: alg none', () => `${encoded({ alg: 'none' })}.${encoded(viewer())}.`],
    ['R-TW1: over', () => sign(viewer({ exp: Math.floor(Date.now() / 1_000) - 60 }))],
    ['R-TW1: without an end', () => sign({ ...viewer(), exp: undefined })],
    ['R-TW2: role external', () => sign(viewer({ role: 'external' }))],
    ['R-TW2: role admin', () => sign(viewer({ role: 'admin' }))],
    ['R-TW2: no role', () => sign({ ...viewer(), role: undefined })],
    ['R-TW2: a list of roles', () => sign(viewer({ role: ['viewer'] }))],
    ['R-TW3: an opaque id as the id', () => sign(viewer({ user_id: 'U12345' }))],
    ['R-TW3: no opaque id', () => sign({ ...viewer(), opaque_user_id: undefined })],
    ['R-TW4: no channel', () => sign({ ...viewer(), channel_id: undefined })],
    ['R-TW4: a channel with a scope in it', () => sign(viewer({ channel_id: '1 account' }))],
    ['no token at all', () => 'nonsense'],
  ])('%s is refused', async (_what, token) => {
    expect(await outcome(login(await token()))).toBe('extension_token_invalid');
  });

  it.each([
    ['logged in', { opaque_user_id: 'U999', user_id: undefined }],
    ['anonymous', { opaque_user_id: 'A999', user_id: undefined }],
    ['unlinked', { opaque_user_id: 'U999', user_id: '' }],
  ])('R-TW3: a viewer who is %s and has not shared who they are is nobody', async (_what, more) => {
    expect(await outcome(login(await sign(viewer(more))))).toBe('identity_not_shared');
    const told = await app.database.query<{ data: { reason: string } }>(
      'SELECT data FROM told WHERE event = $1 ORDER BY seq DESC LIMIT 1',
      [IdentityRefused.name],
    );
    expect(told[0]!.data).toMatchObject({ provider: 'twitch_extension', reason: 'identity_not_shared' });
  });

  it('R-TW4: an admin’s account is not entered from an extension', async () => {
    const who = viewer();
    const { tokens } = issuedOf(await login(await sign(who)));
    await app.database.query(`UPDATE website_users SET roles = '{admin}' WHERE id = $1`, [tokens.user.id]);
    expect(await outcome(login(await sign(who)))).toBe('sign_in_refused');
  });
});

describe('the file of secrets', () => {
  it.each([
    ['{"a": "short"}', 'a is no base64 text'],
    ['{"a": "not base64 at all, and long enough for it"}', 'a is no base64 text'],
    [`{"a": []}`, 'a is neither one secret nor two'],
    [`{"a": ["${CURRENT}", "${NEXT}", "${NEXT}"]}`, 'a is neither one secret nor two'],
    ['[]', 'it is no JSON object'],
    ['{', 'it is no JSON object'],
  ])('R-TW1: %s is refused, without a word of what is in it', (text, why) => {
    const read = (): unknown => readSecrets(text, 'secrets.json');
    expect(read).toThrow(why);
    expect(read).not.toThrow(CURRENT);
  });
});
