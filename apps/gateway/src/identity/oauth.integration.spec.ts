import * as oauth from 'oauth4webapi';
import {
  ClientAuthenticationFailed,
  InvalidCredentials,
  IssueServiceToken,
  Login,
  RefreshSession,
  RefreshTokenReused,
  RevokeToken,
} from '#contracts';
import { Edge, PUBLIC_URL, SECRETS, type Got, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => {
  edge.neighbours.forget();
  edge.neighbours.on(IssueServiceToken, ({ input }) => ({
    access_token: 'service',
    token_type: 'Bearer',
    expires_in: 900,
    scope: input.scopes.join(' '),
  }));
});

const token = (form: Record<string, string>, headers: Record<string, string> = {}): Promise<Got> =>
  gateway.call('POST', '/oauth/token', { form, headers });
const refresh = { grant_type: 'refresh_token', refresh_token: 'refresh-of-branchpy-cli', client_id: 'branchpy-cli' };
const basic = (name: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`,
});

describe('a stock OAuth client (oauth4webapi)', () => {
  const issuer = new URL(PUBLIC_URL);
  /** The issuer's address is a name for tests; its requests go to the gateway. */
  const options = () => ({
    [oauth.customFetch]: (url: string, init: oauth.CustomFetchOptions<string, unknown>) =>
      fetch(url.replace(PUBLIC_URL, gateway.url), init as RequestInit),
  });
  const discover = async (algorithm: 'oidc' | 'oauth2') =>
    oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm, ...options() }));

  it('discovers the issuer by both documents', async () => {
    for (const algorithm of ['oidc', 'oauth2'] as const) {
      expect((await discover(algorithm)).token_endpoint).toBe(`${PUBLIC_URL}/oauth/token`);
    }
  });

  it('refreshes as a public client', async () => {
    const as = await discover('oauth2');
    const client = { client_id: 'branchpy-cli' };
    const answer = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), 'refresh-of-branchpy-cli', options());
    const tokens = await oauth.processRefreshTokenResponse(as, client, answer);
    expect(tokens).toMatchObject({
      access_token: 'access',
      token_type: 'bearer',
      refresh_token: 'refresh-of-branchpy-cli',
    });
    expect(tokens).not.toHaveProperty('user');
  });

  it('reads our refusals as OAuth errors', async () => {
    edge.neighbours.on(RefreshSession, () => {
      throw RefreshTokenReused.with();
    });
    const as = await discover('oauth2');
    const client = { client_id: 'branchpy-cli' };
    const answer = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), 'old', options());
    await expect(oauth.processRefreshTokenResponse(as, client, answer)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('gets a service token by client credentials, both ways to authenticate', async () => {
    const as = await discover('oauth2');
    const client = { client_id: 'billing' };
    for (const auth of [oauth.ClientSecretBasic(SECRETS.billing), oauth.ClientSecretPost(SECRETS.billing)]) {
      const answer = await oauth.clientCredentialsGrantRequest(as, client, auth, {}, options());
      const tokens = await oauth.processClientCredentialsResponse(as, client, answer);
      expect(tokens).toMatchObject({ access_token: 'service', scope: 'billing.plan_changes' });
    }
  });

  it('revokes a token', async () => {
    const as = await discover('oauth2');
    const client = { client_id: 'branchpy-cli' };
    const answer = await oauth.revocationRequest(as, client, oauth.None(), 'refresh-of-branchpy-cli', options());
    await oauth.processRevocationResponse(answer);
    const client_id = 'branchpy-cli';
    expect(edge.neighbours.last(RevokeToken)!.input).toEqual({ refresh_token: 'refresh-of-branchpy-cli', client_id });
  });
});

describe('RFC 6749 error answers', () => {
  const cases: [string, () => Promise<Got>, number, string][] = [
    ['no grant type', () => token({}), 400, 'invalid_request'],
    ['another grant type', () => token({ grant_type: 'implicit' }), 400, 'unsupported_grant_type'],
    ['no refresh token', () => token({ grant_type: 'refresh_token' }), 400, 'invalid_request'],
    ['an unknown client', () => token({ ...refresh, client_id: 'nobody' }), 401, 'invalid_client'],
    [
      'a wrong secret',
      () => token({ grant_type: 'client_credentials' }, basic('billing', 'no')),
      401,
      'invalid_client',
    ],
    [
      'a caller nobody knows',
      () => token({ grant_type: 'client_credentials' }, basic('x', 'y')),
      401,
      'invalid_client',
    ],
    ['no client', () => token({ grant_type: 'client_credentials' }), 401, 'invalid_client'],
    [
      'a scope that the caller lacks',
      () => token({ grant_type: 'client_credentials', scope: 'licenses.mint' }, basic('billing', SECRETS.billing)),
      400,
      'invalid_scope',
    ],
    [
      'a password where the policy has no such grant',
      () => token({ grant_type: 'password', username: 'a', password: 'b', client_id: 'extension' }),
      400,
      'unauthorized_client',
    ],
  ];
  it.each(cases)('%s', async (_, ask, status, error) => {
    const got = await ask();
    expect([got.status, got.body.error]).toEqual([status, error]);
    expect(Object.keys(got.body).sort()).toEqual(['error', 'error_description']);
    expect(got.headers.get('content-type')).toMatch(/^application\/json/);
    expect(got.headers.get('cache-control')).toBe('no-store');
    expect(got.headers.get('pragma')).toBe('no-cache');
    if (status === 401) expect(got.headers.has('www-authenticate')).toBe(true);
  });

  it('a parameter that is sent twice is invalid_request, JSON is 415', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'grant_type=refresh_token&grant_type=password';
    expect((await gateway.call('POST', '/oauth/token', { body, headers })).body.error).toBe('invalid_request');
    expect((await gateway.call('POST', '/oauth/token', { json: refresh })).status).toBe(415);
  });

  it('a wrong password is invalid_grant', async () => {
    edge.neighbours.on(Login, () => {
      throw InvalidCredentials.with();
    });
    const got = await token({ grant_type: 'password', username: 'a', password: 'b' });
    expect([got.status, got.body.error]).toEqual([400, 'invalid_grant']);
  });
});

describe('delivery', () => {
  it('R-SE10: a cookie client’s refresh token is a cookie here, too', async () => {
    const got = await token({ grant_type: 'password', username: 'a', password: 'b', client_id: 'dashboard' });
    expect(got.body).not.toHaveProperty('refresh_token');
    expect(got.headers.get('set-cookie')).toMatch(/^__Host-dash=/);
  });

  it('B-cookie.fallback: where it is off, the refresh grant is, too', async () => {
    const got = await token({
      ...refresh,
      refresh_token: 'refresh-of-strict-dashboard',
      client_id: 'strict-dashboard',
    });
    expect([got.status, got.body.error]).toEqual([400, 'invalid_grant']);
  });
});

describe('RFC 7009', () => {
  it('R-AS6: an unknown token is 200; an access token ends its session; another client’s is refused', async () => {
    const revoke = (form: Record<string, string>) => gateway.call('POST', '/oauth/revoke', { form });
    expect((await revoke({ token: 'nobody-knows-it' })).status).toBe(200);
    const access = edge.issuer.token();
    edge.neighbours.on(RevokeToken, () => {
      throw ClientAuthenticationFailed.with('The token was issued to another client.');
    });
    expect((await revoke({ token: access, client_id: 'dashboard' })).status).toBe(401);
    edge.neighbours.forget();
    expect((await gateway.call('GET', '/v1/auth/me', { token: access })).status).toBe(200);
    expect((await revoke({ token: access, token_type_hint: 'access_token', client_id: 'branchpy-cli' })).status).toBe(
      200,
    );
    expect((await gateway.call('GET', '/v1/auth/me', { token: access })).status).toBe(401);
  });
});
