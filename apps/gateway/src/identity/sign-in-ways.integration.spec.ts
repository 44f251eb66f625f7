import {
  EndAuthorization,
  FinishPasskeySecondFactor,
  FinishPasskeySignIn,
  FinishProvider,
  ListProviders,
  Login,
  PasskeyRefused,
  ReadAuthorization,
  StartProvider,
} from '#contracts';
import { Edge, PUBLIC_URL, type Got, type RunningGateway } from '../../test/gateway-under-test.js';
import { issued } from '../../test/neighbours.js';

let edge: Edge;
let gateway: RunningGateway;
beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge?.stop());

const AWAY = 'https://provider.example/authorize?state=s';
const SESSION = '__Host-pages=the-cookie';
const FORM = { origin: PUBLIC_URL, 'sec-fetch-site': 'same-origin' };
const CEREMONY = '0197d3a0-0000-7000-8000-000000000001';
const challenge = { mfa_required: true as const, mfa_token: 'the-challenge', methods: ['totp', 'passkey'] };
beforeEach(() => {
  edge.neighbours.forget();
  edge.neighbours.on(ListProviders, () => ({ providers: ['github', 'steam'] }));
  edge.neighbours.on(StartProvider, () => ({ authorize_url: AWAY }));
  edge.neighbours.on(EndAuthorization, () => ({ session_ids: [] }));
  edge.neighbours.on(ReadAuthorization, () => ({
    ...{ client_id: 'shop', client_name: 'Shop', redirect_uri: 'https://shop.example/cb', username: null },
    ...{ scopes: [], access_ttl: 900, offline_ttl: 900, login_hint: null },
  }));
});

const get = (path: string, cookie = '') => gateway.call('GET', path, { headers: { cookie } });
const post = (path: string, form: Record<string, string>, headers: Record<string, string> = FORM): Promise<Got> =>
  gateway.call('POST', path, { form, headers });
const cookiesOf = ({ headers }: Got): string =>
  headers
    .getSetCookie()
    .map((line) => line.slice(0, line.indexOf(';')))
    .filter((pair) => !pair.endsWith('='))
    .join('; ');
const whereTo = ({ status, headers }: Got) => [status, headers.get('location')];

describe('a provider at the sign-in page', () => {
  it('B-providers: the page offers those that are configured, and none while nobody can say which', async () => {
    const { text } = await get('/signin?request=r-1');
    expect(text).toContain('<a href="/signin/with/github?request=r-1">Go on with GitHub</a>');
    expect(text).toContain('/signin/with/steam');
    expect(text).not.toContain('/signin/with/google');
    edge.neighbours.on(ListProviders, () => {
      throw new Error('no');
    });
    const got = await get('/signin');
    expect([got.status, got.text.includes('/signin/with/')]).toEqual([200, false]);
  });

  it('B-providers: the browser goes there and back, and the application’s request goes on', async () => {
    const left = await get('/signin/with/github?request=r-1', SESSION);
    expect(whereTo(left)).toEqual([302, AWAY]);
    expect(edge.neighbours.last(StartProvider)!.input).toMatchObject({
      ...{ provider: 'github', client_id: 'web', register: true, return_to: `${PUBLIC_URL}/signin/done` },
    });
    const [return_to, user_id] = [`${PUBLIC_URL}/signin/done`, CEREMONY];
    edge.neighbours.on(FinishProvider, () => ({ return_to, user_id, signed_in: { issued: issued('web') } }));
    const back = await get('/v1/auth/github/callback?state=s&code=c', `${SESSION}; ${cookiesOf(left)}`);
    expect(cookiesOf(back)).toContain('__Host-pages=refresh-of-web');
    expect(edge.neighbours.last(EndAuthorization)!.input).toEqual({ session_token: 'the-cookie' });
    const arrived = new URL(back.headers.get('location')!);
    const done = await get(arrived.pathname + arrived.search, cookiesOf(left));
    expect(whereTo(done)).toEqual([303, '/oauth/continue?request=r-1']);
  });

  it('R-MF6 R-MF7: a second factor is asked for before there is a session', async () => {
    const return_to = `${PUBLIC_URL}/signin/done`;
    edge.neighbours.on(FinishProvider, () => ({ return_to, signed_in: { challenge } }));
    const back = await get('/v1/auth/github/callback?state=s&code=c');
    expect(cookiesOf(back)).not.toContain('__Host-pages');
    const asked = await get('/signin/done?mfa_required=true', cookiesOf(back));
    expect(asked.status).toBe(200);
    expect(asked.text).toContain('value="the-challenge"');
    expect(asked.text).toContain('action="/signin/code/passkey"');
    expect(asked.headers.getSetCookie().join()).toMatch(/__Host-gatehouse_challenge=; .*Max-Age=0/);
  });

  it.each(['email_taken', 'state_invalid', 'made_up<script>', 'constructor', '__proto__'])(
    'says what is wrong: %s',
    async (error) => {
      const got = await get(`/signin/done?error=${encodeURIComponent(error)}`);
      expect([got.status, got.text.includes('role="alert"')]).toEqual([401, true]);
      expect(got.text).not.toContain('made_up');
    },
  );

  it('R-SE14: a target that nobody here wrote goes nowhere', async () => {
    const forged = 'request=../evil&return_to=https%3A%2F%2Fevil.example';
    expect(whereTo(await get('/signin/done', `__Host-gatehouse_target=${forged}`))).toEqual([303, '/signin']);
  });
});

describe('a passkey at the sign-in page', () => {
  const answer = { ceremony_id: CEREMONY, credential: JSON.stringify({ id: 'k' }), request: 'r-1' };

  it('signs in instead of a password, and the session before ends', async () => {
    edge.neighbours.on(FinishPasskeySignIn, () => ({ issued: issued('web') }));
    const got = await post('/signin/passkey', answer, { ...FORM, cookie: SESSION });
    expect(whereTo(got)).toEqual([303, '/oauth/continue?request=r-1']);
    expect(cookiesOf(got)).toContain('__Host-pages=refresh-of-web');
    expect(edge.neighbours.last(FinishPasskeySignIn)!.input).toEqual({
      ...{ ceremony_id: CEREMONY, credential: { id: 'k' }, client_id: 'web' },
    });
    expect(edge.neighbours.last(EndAuthorization)!.input).toEqual({ session_token: 'the-cookie' });
  });

  it('is the second step where its person has one, and only there', async () => {
    edge.neighbours.on(Login, () => ({ challenge }));
    const asked = await post('/signin', { login: 'ada', password: 'a lantern in the long grass' });
    expect(asked.text).toContain('action="/signin/code/passkey"');
    edge.neighbours.on(Login, () => ({ challenge: { ...challenge, methods: ['totp'] } }));
    const other = await post('/signin', { login: 'ada', password: 'a lantern in the long grass' });
    expect(other.text).not.toContain('passkey"');
    edge.neighbours.on(FinishPasskeySecondFactor, () => ({ issued: issued('web') }));
    const got = await post('/signin/code/passkey', { ...answer, mfa_token: 'the-challenge' });
    expect(whereTo(got)).toEqual([303, '/oauth/continue?request=r-1']);
  });

  it('what cannot be verified shows the form again; what is no answer is refused', async () => {
    edge.neighbours.on(FinishPasskeySignIn, () => {
      throw PasskeyRefused.with();
    });
    const refused = await post('/signin/passkey', answer);
    expect([refused.status, refused.text.includes('role="alert"')]).toEqual([401, true]);
    for (const credential of ['no json', '[]', 'null']) {
      expect((await post('/signin/passkey', { ...answer, credential })).status).toBe(400);
    }
  });

  it('R-SE9: takes no form of another site', async () => {
    const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const forms = { '/signin/passkey': answer, '/signin/code/passkey': { ...answer, mfa_token: 'm' } };
    for (const [path, form] of Object.entries(forms)) {
      const got = await post(path, form, evil);
      expect([got.status, got.headers.get('set-cookie')]).toEqual([403, null]);
    }
    expect(edge.neighbours.last(FinishPasskeySignIn)).toBeUndefined();
  });
});
