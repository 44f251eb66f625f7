import {
  AuthorizationRequestOver,
  GrantGiven,
  GrantRefused,
  ReadAuthorization,
  ReadBrowserSession,
  ResumeAuthorization,
  type IssuedTokens,
} from '#contracts';
import { AuthorizationVisit, authorizationApp, CALLBACK, SECRET, sentBack } from '../../test/authorization-app.js';
import { newcomer, outcome, parallel, type IdentityApp } from '../../test/identity-app.js';

let app: IdentityApp;
let person: IssuedTokens;
const credentials = newcomer();

beforeAll(async () => {
  app = await authorizationApp();
  person = await app.register(credentials);
}, 60_000);
afterAll(() => app?.stop());

const visit = (client?: string, who: IssuedTokens | undefined = person): AuthorizationVisit =>
  new AuthorizationVisit(app, who, client);
/** The same person, with a credential shown now. */
const again = (): Promise<IssuedTokens> => app.login(credentials.email, credentials.password);
/** Moves the time of the sign-in into the past. */
const grow = (who: IssuedTokens, seconds: number) =>
  app.database.query('UPDATE auth_sessions SET auth_time = auth_time - make_interval(secs => $2) WHERE id = $1', [
    who.session_id,
    seconds,
  ]);

describe('a request that cannot be answered', () => {
  it.each([
    ['an unknown client', { client_id: 'nobody' }, 'unknown_client'],
    ['no client', { client_id: '' }, 'unknown_client'],
    ['another address', { redirect_uri: 'https://evil.example/cb' }, 'redirect_not_registered'],
    ['no address', { redirect_uri: '' }, 'redirect_not_registered'],
    ['more path', { redirect_uri: `${CALLBACK}/more` }, 'redirect_not_registered'],
    ['more query', { redirect_uri: `${CALLBACK}?x=1` }, 'redirect_not_registered'],
    ['a fragment', { redirect_uri: `${CALLBACK}#x` }, 'redirect_not_registered'],
    ['userinfo', { redirect_uri: 'https://app.example@evil.example/cb' }, 'redirect_not_registered'],
    ['another spelling', { redirect_uri: 'https://APP.example/cb' }, 'redirect_not_registered'],
    ['dots', { redirect_uri: 'https://app.example/x/../cb' }, 'redirect_not_registered'],
    ['a script', { redirect_uri: 'javascript:alert(1)' }, 'redirect_not_registered'],
    [
      'a loopback address that was never registered',
      { redirect_uri: 'http://127.0.0.1/cb' },
      'redirect_not_registered',
    ],
  ])('R-AS1 R-SE14: with %s goes nowhere', async (_, more, code) => {
    expect(await outcome(visit().ask(more))).toBe(code);
  });

  it('R-AS1: a native app’s loopback port may vary, and nothing else', async () => {
    const native = visit('native-app');
    for (const redirect_uri of ['http://127.0.0.1/cb', 'http://127.0.0.1:49152/cb', 'com.example.native:/cb']) {
      expect(await native.tokens({ redirect_uri })).toMatchObject({ scope: 'openid profile' });
    }
    const wrong = [
      'http://localhost/cb',
      'http://127.0.0.1:80@evil.example/cb',
      'http://127.0.0.1:1/cb/..',
      'http://127.0.0.1:99999/cb',
    ];
    for (const redirect_uri of wrong) {
      expect([redirect_uri, await outcome(native.ask({ redirect_uri }))]).toEqual([
        redirect_uri,
        'redirect_not_registered',
      ]);
    }
    // The code is bound to the port that was asked with.
    const code = await native.code({ redirect_uri: 'http://127.0.0.1:5000/cb' });
    expect(await outcome(native.exchange(code, { redirect_uri: 'http://127.0.0.1:5001/cb' }))).toBe('invalid_grant');
  });
});

describe('a request with something wrong goes back to the application', () => {
  it.each([
    ['R-AS2: plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['R-AS2: PKCE without a method, which would be plain', { code_challenge_method: '' }, 'invalid_request'],
    ['R-AS2: no PKCE', { code_challenge: '' }, 'invalid_request'],
    ['R-AS2: a challenge that is no digest', { code_challenge: 'short' }, 'invalid_request'],
    ['R-AS4: the implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
    ['R-AS4: the hybrid flow', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['no response type', { response_type: '' }, 'invalid_request'],
    ['an answer in the fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['a request object', { request: 'eyJ' }, 'request_not_supported'],
    ['a request object elsewhere', { request_uri: 'https://evil.example/r' }, 'request_uri_not_supported'],
    ['only foreign scopes', { scope: 'account admin' }, 'invalid_scope'],
    ['an unknown prompt', { prompt: 'dance' }, 'invalid_request'],
    ['prompt=none and another', { prompt: 'none login' }, 'invalid_request'],
    ['a max_age that is no number', { max_age: '-1' }, 'invalid_request'],
  ])('%s', async (_, more, error) => {
    const back = sentBack(await visit().ask(more));
    expect(back).toMatchObject({ error, state: 'the-state', iss: 'https://accounts.example.test' });
    expect(back).not.toHaveProperty('code');
  });

  it('R-AS4: a client without the grant gets no code', async () => {
    const step = await visit('password-app').ask();
    expect(sentBack(step).error).toBe('unauthorized_client');
  });
});

describe('who has to do what', () => {
  it('prompt=none without a session is login_required, without consent consent_required', async () => {
    expect(sentBack(await new AuthorizationVisit(app, undefined).ask({ prompt: 'none' })).error).toBe('login_required');
    expect(sentBack(await visit('other-app').ask({ prompt: 'none' })).error).toBe('consent_required');
    await visit('other-app').code();
    expect(sentBack(await visit('other-app').ask({ prompt: 'none' }))).toHaveProperty('code');
  });

  it('R-AS5: state and iss come back with the code, and scopes nobody has are left out', async () => {
    const step = await visit('own-app').ask({ scope: 'openid made-up', state: 'a b&c=d#é' });
    expect(sentBack(step)).toEqual({
      code: expect.any(String),
      state: 'a b&c=d#é',
      iss: 'https://accounts.example.test',
    });
  });

  it('a studio’s own application asks for no consent; prompt=consent asks all the same', async () => {
    expect((await visit('own-app').ask({ scope: 'openid' })).step).toBe('redirect');
    expect((await visit('own-app').ask({ scope: 'openid', prompt: 'consent' })).step).toBe('consent');
  });

  it('R-AS9: consent is asked once for a scope, and again for one more', async () => {
    const mine = await app.register();
    const own = visit('app', mine);
    expect((await own.ask()).step).toBe('consent');
    await own.code();
    expect((await own.ask()).step).toBe('redirect');
    expect((await own.ask({ scope: 'openid' })).step).toBe('redirect');
    expect((await own.ask({ scope: 'openid email' })).step).toBe('consent');
    expect((await own.ask({ prompt: 'consent' })).step).toBe('consent');
    expect(await app.events(GrantGiven, mine.tokens.user.id)).toEqual([
      { user_id: mine.tokens.user.id, client_id: 'app', scopes: ['openid', 'profile'] },
    ]);
  });

  it('R-AS9: the pages are told who asks, for what and for how long', async () => {
    const step = await visit('app', await app.register()).ask({ scope: 'openid offline_access', login_hint: 'ada' });
    expect(await app.ask(ReadAuthorization, { request_id: step.request_id! })).toEqual({
      client_id: 'app',
      client_name: 'The app',
      redirect_uri: CALLBACK,
      scopes: ['openid', 'offline_access'],
      access_ttl: 900,
      offline_ttl: 2_592_000,
      login_hint: 'ada',
      username: null,
    });
  });

  it('a consent that is denied is access_denied, and gives nothing', async () => {
    const mine = await app.register();
    const own = visit('app', mine);
    const step = await own.ask();
    expect(sentBack(await own.decide(step, false))).toMatchObject({ error: 'access_denied', state: 'the-state' });
    expect(await outcome(own.decide(step))).toBe(AuthorizationRequestOver.code);
    expect(await app.events(GrantRefused, mine.tokens.user.id)).toHaveLength(1);
  });

  it('a decision counts once: fifty at once give one code', async () => {
    const own = visit('app', await app.register());
    const step = await own.ask();
    const outcomes = await parallel(50, () => outcome(own.decide(step)));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
  });

  it('nobody decides for somebody else: without a session the request stays', async () => {
    const own = visit('app', await app.register());
    const step = await own.ask();
    expect((await new AuthorizationVisit(app, undefined).decide(step)).step).toBe('sign_in');
    expect((await own.decide(step)).step).toBe('redirect');
  });

  it('prompt=login and prompt=select_account want a sign-in after the question, once', async () => {
    for (const prompt of ['login', 'select_account']) {
      const step = await visit('own-app').ask({ scope: 'openid', prompt });
      expect(step.step).toBe('sign_in');
      const ask = { request_id: step.request_id! };
      const old = await app.ask(ResumeAuthorization, { ...ask, session_token: person.tokens.refresh_token });
      expect(old.step).toBe('sign_in');
      const fresh = await again();
      const done = await app.ask(ResumeAuthorization, { ...ask, session_token: fresh.tokens.refresh_token });
      expect(sentBack(done)).toHaveProperty('code');
      expect(await outcome(app.ask(ResumeAuthorization, ask))).toBe(AuthorizationRequestOver.code);
    }
  });

  it('max_age wants a sign-in that is young enough', async () => {
    const old = await again();
    await grow(old, 120);
    expect((await visit('own-app', old).ask({ scope: 'openid', max_age: '60' })).step).toBe('sign_in');
    expect((await visit('own-app', old).ask({ scope: 'openid', max_age: '600' })).step).toBe('redirect');
    const none = await visit('own-app', old).ask({ scope: 'openid', max_age: '60', prompt: 'none' });
    expect(sentBack(none).error).toBe('login_required');
  });
});

describe('the browser’s session', () => {
  const who = (session_token: string) => app.ask(ReadBrowserSession, { session_token });

  it('is found without being rotated, also by the token before in the grace window', async () => {
    const mine = await app.register();
    const token = mine.tokens.refresh_token!;
    expect(await who(token)).toMatchObject({ user_id: mine.tokens.user.id, session_id: mine.session_id });
    const next = await app.refresh(token);
    expect((await who(token)).user_id).toBe(mine.tokens.user.id);
    await app.database.query("UPDATE auth_sessions SET rotated_at = now() - interval '1 minute' WHERE id = $1", [
      mine.session_id,
    ]);
    expect((await who(token)).user_id).toBeNull();
    expect((await who(next.tokens.refresh_token!)).user_id).toBe(mine.tokens.user.id);
  });

  it('is of the pages’ client only, and of nobody who is suspended', async () => {
    const mine = await app.register();
    const others = await visit('app', mine).tokens({ scope: 'openid offline_access' });
    expect((await who(others.issued.tokens.refresh_token!)).user_id).toBeNull();
    expect((await who('made-up')).user_id).toBeNull();
    await app.database.query('UPDATE website_users SET is_active = false WHERE id = $1', [mine.tokens.user.id]);
    expect((await who(mine.tokens.refresh_token!)).user_id).toBeNull();
  });
});

it('a confidential client’s redirects have no loopback exception', async () => {
  const server = visit('server-app');
  expect(await outcome(server.ask({ redirect_uri: 'http://127.0.0.1:1/cb' }))).toBe('redirect_not_registered');
  expect(await server.tokens({}, { client_secret: SECRET })).toMatchObject({ scope: 'openid profile' });
});
