import {
  AuthenticateClient,
  CodeReplayed,
  EndAuthorization,
  ListGrants,
  ListSessions,
  ReadUserInfo,
  RevokeGrant,
  RevokeToken,
  SessionsRevoked,
  type AuthorizedTokens,
  type IssuedTokens,
  type UserActor,
} from '#contracts';
import { AuthorizationVisit, authorizationApp, newVerifier, SECRET } from '../../test/authorization-app.js';
import { actorOf, outcome, parallel, type IdentityApp } from '../../test/identity-app.js';
import { claimsOf } from '../../test/neighbours.js';

let app: IdentityApp;
let person: IssuedTokens;

beforeAll(async () => {
  app = await authorizationApp();
  person = await app.register();
}, 60_000);
afterAll(() => app?.stop());

const OFFLINE = { scope: 'openid profile offline_access' };
const visit = (client?: string, who: IssuedTokens = person): AuthorizationVisit =>
  new AuthorizationVisit(app, who, client);
/** The actor that the gateway makes of an application's token. */
const actorFor = ({ issued, scope }: AuthorizedTokens): UserActor => ({ ...actorOf(issued), scopes: scope.split(' ') });
const isLive = async ({ issued }: AuthorizedTokens): Promise<boolean> =>
  (await outcome(app.ask(ReadUserInfo, {}, { actor: { ...actorOf(issued), scopes: ['openid'] } }))) === 'ok';

describe('what a code is exchanged for', () => {
  it('R-JW6: tokens say when and how the person signed in, for which audience and scope', async () => {
    const { issued, id_token, scope } = await visit().tokens({ nonce: 'n-1' });
    expect(Object.keys(issued.tokens).sort()).toEqual(['access_token', 'expires_in', 'token_type', 'user']);
    const at = claimsOf(person.tokens.access_token).auth_time;
    expect(scope).toBe('openid profile');
    const access = claimsOf(issued.tokens.access_token);
    expect(access).toMatchObject({ aud: 'app-api', client_id: 'app', scope, auth_time: at, amr: ['pwd'] });
    expect(access).toMatchObject({ acr: 'urn:gatehouse:acr:single', sid: issued.session_id });
    expect(claimsOf(id_token!)).toEqual({
      ...{ iss: 'https://accounts.example.test', sub: person.tokens.user.id, aud: 'app', nonce: 'n-1' },
      ...{ auth_time: at, amr: ['pwd'], acr: 'urn:gatehouse:acr:single', sid: issued.session_id },
      ...{ iat: expect.any(Number), exp: expect.any(Number), jti: expect.any(String) },
    });
  });

  it('R-JW7: both tokens are signed as the client’s policy says', async () => {
    const { issued, id_token } = await visit('own-app').tokens({ scope: 'openid' });
    for (const token of [issued.tokens.access_token, id_token!]) {
      expect(JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString())).toMatchObject({ alg: 'ES256' });
    }
  });

  it('without openid there is no ID token, without offline_access no refresh token', async () => {
    const bare = await visit().tokens({ scope: 'profile' });
    expect(bare).not.toHaveProperty('id_token');
    expect(bare.issued.tokens).not.toHaveProperty('refresh_token');
    const left = Date.parse(bare.issued.refresh_expires_at) - Date.now();
    expect(left).toBeLessThanOrEqual(900_000);
    expect((await visit().tokens(OFFLINE)).issued.tokens).toHaveProperty('refresh_token');
  });

  it('while nothing can be signed the code stays good', async () => {
    const own = visit();
    const code = await own.code();
    app.secrets.sealed = true;
    expect(await outcome(own.exchange(code))).toBe('unavailable');
    app.secrets.sealed = false;
    expect(await outcome(own.exchange(code))).toBe('ok');
  });
});

describe('a code that is not good', () => {
  it.each([
    ['R-AS2: with another verifier', { code_verifier: newVerifier() }],
    ['R-AS2: without its verifier', { code_verifier: '' }],
    ['R-AS2: with a verifier that is none', { code_verifier: 'x' }],
    ['R-AS3: for another client', { client_id: 'other-app' }],
    ['R-AS1: for another address', { redirect_uri: 'https://app.example/cb2' }],
    ['a code that nobody gave', { code: newVerifier() }],
  ])('%s is invalid_grant, and the right one goes on', async (_, more) => {
    const own = visit();
    const code = await own.code();
    expect(await outcome(own.exchange(code, more))).toBe('invalid_grant');
    expect(await outcome(own.exchange(code))).toBe('ok');
  });

  it('R-AS3: is over after a minute', async () => {
    const own = visit();
    const code = await own.code();
    const life = await app.database.query<{ ok: boolean }>(
      "SELECT bool_and(expires_at <= now() + interval '60 seconds') AS ok FROM authorization_codes",
    );
    expect(life[0]!.ok).toBe(true);
    await app.database.query('UPDATE authorization_codes SET expires_at = now() WHERE consumed_at IS NULL');
    expect(await outcome(own.exchange(code))).toBe('invalid_grant');
  });

  it('is stored by hash only', async () => {
    const code = await visit().code();
    const rows = await app.database.query('SELECT * FROM authorization_codes');
    expect(JSON.stringify(rows)).not.toContain(code);
    expect(rows.some((r) => Buffer.isBuffer((r as { code_hash: unknown }).code_hash))).toBe(true);
  });

  it('is worth nothing once its person is suspended', async () => {
    const mine = await app.register();
    const own = visit('app', mine);
    const code = await own.code();
    await app.database.query('UPDATE website_users SET is_active = false WHERE id = $1', [mine.tokens.user.id]);
    expect(await outcome(own.exchange(code))).toBe('invalid_grant');
  });
});

it('R-MF7: a session with one factor gives no code once the account asks for two, and its codes are worth nothing', async () => {
  const mine = await app.register();
  const own = visit('own-app', mine);
  const code = await own.code({ scope: 'openid' });
  await app.database.query('UPDATE website_users SET mfa_since = now() WHERE id = $1', [mine.tokens.user.id]);
  expect(await outcome(own.exchange(code))).toBe('invalid_grant');
  expect((await own.ask({ scope: 'openid' })).step).toBe('sign_in');
  await app.database.query("UPDATE auth_sessions SET amr = '{pwd,otp,mfa}' WHERE id = $1", [mine.session_id]);
  const tokens = await own.tokens({ scope: 'openid' });
  expect(claimsOf(tokens.id_token!)).toMatchObject({ amr: ['pwd', 'otp', 'mfa'], acr: 'urn:gatehouse:acr:multiple' });
});

describe('a code that is used twice', () => {
  it('R-AS3: ends what it was exchanged for, and says so', async () => {
    const mine = await app.register();
    const own = visit('app', mine);
    const code = await own.code(OFFLINE);
    const tokens = await own.exchange(code);
    expect(await isLive(tokens)).toBe(true);
    expect(await outcome(own.exchange(code))).toBe('invalid_grant');
    expect(await isLive(tokens)).toBe(false);
    expect(await outcome(app.refresh(tokens.issued.tokens.refresh_token))).toBe('refresh_token_invalid');
    const { session_id } = tokens.issued;
    expect(await app.events(CodeReplayed, mine.tokens.user.id)).toHaveLength(1);
    expect(await app.events(SessionsRevoked, mine.tokens.user.id)).toMatchObject([{ session_ids: [session_id] }]);
    // The person's own session has nothing to do with it.
    expect(await outcome(app.ask(ListSessions, {}, { actor: actorOf(mine) }))).toBe('ok');
  });

  it('R-AS3: of fifty at once one wins, and it loses what it won', async () => {
    const own = visit('app', await app.register());
    const code = await own.code(OFFLINE);
    const won: AuthorizedTokens[] = [];
    const outcomes = await parallel(50, () => outcome(own.exchange(code).then((tokens) => won.push(tokens))));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
    expect(outcomes.filter((o) => o === 'invalid_grant')).toHaveLength(49);
    expect(await isLive(won[0]!)).toBe(false);
  });

  it('R-AS3: another client that shows it ends nothing', async () => {
    const own = visit('app', await app.register());
    const code = await own.code();
    const tokens = await own.exchange(code);
    expect(await outcome(own.exchange(code, { client_id: 'other-app' }))).toBe('invalid_grant');
    expect(await isLive(tokens)).toBe(true);
  });
});

describe('confidential clients', () => {
  const prove = (client_id: string, client_secret?: string) =>
    outcome(app.ask(AuthenticateClient, { client_id, ...(client_secret === undefined ? {} : { client_secret }) }));

  it('R-RF1: prove themselves with their secret; public ones have none to show', async () => {
    expect(await prove('server-app', SECRET)).toBe('ok');
    expect(await prove('server-app', `${SECRET}x`)).toBe('client_authentication_failed');
    expect(await prove('server-app')).toBe('client_authentication_failed');
    expect(await prove('app')).toBe('ok');
    expect(await prove('app', SECRET)).toBe('client_authentication_failed');
    expect(await prove('nobody')).toBe('unknown_client');
  });

  it('R-AS3: exchange nothing without it, and the code stays good', async () => {
    const server = visit('server-app');
    const code = await server.code(OFFLINE);
    expect(await outcome(server.exchange(code))).toBe('client_authentication_failed');
    expect(await outcome(server.exchange(code, { client_secret: 'wrong' }))).toBe('client_authentication_failed');
    expect(await outcome(server.exchange(code, { client_secret: SECRET }))).toBe('ok');
  });

  it('R-RF1: refresh nothing without it, whether they say who they are or not', async () => {
    const { issued } = await visit('server-app').tokens(OFFLINE, { client_secret: SECRET });
    const token = issued.tokens.refresh_token;
    const client_id = 'server-app';
    expect(await outcome(app.refresh(token))).toBe('refresh_token_invalid');
    expect(await outcome(app.refresh(token, { client_id }))).toBe('client_authentication_failed');
    expect(await outcome(app.refresh(token, { client_id, client_secret: 'x' }))).toBe('client_authentication_failed');
    expect(await outcome(app.refresh(token, { client_id, client_secret: SECRET }))).toBe('ok');
  });
});

describe('refresh tokens of applications', () => {
  it('R-RF8: keep their scope, may ask for less and never for more', async () => {
    const { issued } = await visit().tokens(OFFLINE);
    const scopeOf = (of: IssuedTokens) => claimsOf(of.tokens.access_token).scope;
    const wide = { scope: 'openid email' };
    expect(await outcome(app.refresh(issued.tokens.refresh_token, wide))).toBe('invalid_scope');
    const less = await app.refresh(issued.tokens.refresh_token, { scope: 'openid' });
    expect(scopeOf(less)).toBe('openid');
    const whole = await app.refresh(less.tokens.refresh_token);
    expect(scopeOf(whole)).toBe(OFFLINE.scope);
    expect(claimsOf(whole.tokens.access_token)).toMatchObject({ aud: 'app-api', auth_time: expect.any(Number) });
  });

  it('R-RF9: are refused for another client', async () => {
    const { issued } = await visit().tokens(OFFLINE);
    const asked = { client_id: 'other-app' };
    expect(await outcome(app.refresh(issued.tokens.refresh_token, asked))).toBe('refresh_token_invalid');
  });
});

describe('userinfo', () => {
  it('shows what the scope covers', async () => {
    const { id, username, email } = person.tokens.user;
    const info = async (scope: string) => {
      const tokens = await visit().tokens({ scope });
      return app.ask(ReadUserInfo, {}, { actor: actorFor(tokens) });
    };
    expect(await info('openid')).toEqual({ sub: id });
    expect(await info('openid profile')).toEqual({ sub: id, preferred_username: username, name: username });
    expect(await info('openid email')).toEqual({ sub: id, email, email_verified: false });
    await expect(info('profile')).rejects.toMatchObject({ code: 'insufficient_scope' });
  });
});

describe('what a person has allowed', () => {
  it('R-AS9: is listed, and ends with everything that was given for it', async () => {
    const mine = await app.register();
    const actor = actorOf(mine);
    const own = visit('app', mine);
    const tokens = await own.tokens(OFFLINE);
    const unused = await own.code();
    const { grants } = await app.ask(ListGrants, {}, { actor });
    expect(grants).toEqual([
      {
        ...{ client_id: 'app', name: 'The app', first_party: false },
        scopes: ['offline_access', 'openid', 'profile'],
        granted_at: expect.any(String),
        last_used_at: expect.any(String),
      },
    ]);
    const ended = await app.ask(RevokeGrant, { client_id: 'app' }, { actor });
    expect(ended.session_ids).toEqual([tokens.issued.session_id]);
    expect(await isLive(tokens)).toBe(false);
    expect(await outcome(app.refresh(tokens.issued.tokens.refresh_token))).toBe('refresh_token_invalid');
    expect(await outcome(own.exchange(unused))).toBe('invalid_grant');
    expect((await app.ask(ListGrants, {}, { actor })).grants).toEqual([]);
    expect((await own.ask()).step).toBe('consent');
    expect(await outcome(app.ask(RevokeGrant, { client_id: 'app' }, { actor }))).toBe('not_found');
  });

  it('R-AS9: nobody takes back what another person has allowed', async () => {
    const tokens = await visit('app', await app.register()).tokens();
    const other = actorOf(await app.register());
    expect(await outcome(app.ask(RevokeGrant, { client_id: 'app' }, { actor: other }))).toBe('not_found');
    expect(await isLive(tokens)).toBe(true);
  });
});

describe('ends', () => {
  it('R-AS10: signing out ends the browser’s session and the application’s, and no other', async () => {
    const mine = await app.register();
    const [one, other] = [await visit('app', mine).tokens(), await visit('other-app', mine).tokens()];
    const named = { user_id: mine.tokens.user.id, session_id: one.issued.session_id };
    const stranger = await app.register();
    const foreign = { ...named, user_id: stranger.tokens.user.id };
    expect((await app.ask(EndAuthorization, foreign)).session_ids).toEqual([]);
    const ended = await app.ask(EndAuthorization, { ...named, session_token: mine.tokens.refresh_token });
    expect(ended.session_ids.sort()).toEqual([one.issued.session_id, mine.session_id].sort());
    expect([await isLive(one), await isLive(other)]).toEqual([false, true]);
  });

  it('R-AS6: only its own client revokes a token, and what nobody knows needs no revoking', async () => {
    const revoke = (input: object) => app.ask(RevokeToken, input);
    const { issued } = await visit('server-app').tokens(OFFLINE, { client_secret: SECRET });
    const { session_id, tokens } = issued;
    const refused = { code: 'client_authentication_failed' };
    await expect(revoke({ refresh_token: tokens.refresh_token })).rejects.toMatchObject(refused);
    await expect(revoke({ session_id, client_id: 'app' })).rejects.toMatchObject(refused);
    expect(await revoke({ refresh_token: 'unknown', client_id: 'app' })).toEqual({ session_ids: [] });
    const own = { refresh_token: tokens.refresh_token, client_id: 'server-app' };
    expect(await revoke(own)).toEqual({ session_ids: [session_id] });
    expect(await revoke(own)).toEqual({ session_ids: [] });
  });
});
