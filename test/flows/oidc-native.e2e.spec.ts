import { decodeProtectedHeader } from 'jose';
import * as oauth from 'oauth4webapi';
import type { DevInfo } from '#local';
import { Browser, type Visit } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { call } from '../support/http.js';
import { stack } from '../support/index.js';
import { register, type SignedIn } from '../support/people.js';

const insecure = { [oauth.allowInsecureRequests]: true };
const client: oauth.Client = { client_id: 'sample-desktop-app', id_token_signed_response_alg: 'ES256' };

let dev: DevInfo;
let as: oauth.AuthorizationServer;
beforeAll(async () => {
  dev = await stack();
  const issuer = new URL(dev.public_url);
  as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
}, 120_000);

/** What the app keeps between its question and the answer. */
class Question {
  readonly verifier = oauth.generateRandomCodeVerifier();
  readonly state = oauth.generateRandomState();
  readonly nonce = oauth.generateRandomNonce();
  /** A port that the system gave the app just now. */
  readonly redirect_uri = `http://127.0.0.1:${49_152 + Math.floor(Math.random() * 10_000)}/callback`;

  async url(more: Record<string, string | undefined> = {}): Promise<URL> {
    const url = new URL(as.authorization_endpoint!);
    const asked = {
      ...{
        response_type: 'code',
        client_id: client.client_id,
        redirect_uri: this.redirect_uri,
        scope: 'openid account',
      },
      ...{ state: this.state, nonce: this.nonce, code_challenge_method: 'S256' },
      code_challenge: await oauth.calculatePKCECodeChallenge(this.verifier),
      ...more,
    };
    for (const [name, value] of Object.entries(asked)) if (value !== undefined) url.searchParams.set(name, value);
    return url;
  }

  parameters = ({ url }: Visit): URLSearchParams => oauth.validateAuthResponse(as, client, url, this.state);

  redeem(visit: Visit, verifier = this.verifier): Promise<Response> {
    const { redirect_uri } = this;
    const parameters = this.parameters(visit);
    return oauth.authorizationCodeGrantRequest(as, client, oauth.None(), parameters, redirect_uri, verifier, insecure);
  }

  async tokens(visit: Visit): Promise<oauth.TokenEndpointResponse> {
    const response = await this.redeem(visit);
    const checks = { expectedNonce: this.nonce, requireIdToken: true };
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, checks);
    await oauth.validateApplicationLevelSignature(as, response, insecure);
    return tokens;
  }
}

async function signedIn(): Promise<{ browser: Browser; who: SignedIn }> {
  const who = await register(dev);
  const browser = new Browser(dev);
  await browser.signIn(await browser.open('/signin'), who);
  return { browser, who };
}

const errorOf = async (response: Response) => {
  const { error } = (await response.json()) as { error: string };
  return [response.status, error];
};

describe('a desktop app of the studio (oauth4webapi)', () => {
  it('R-AS1 R-JW1: signs in over its loopback address without asking, with ES256', async () => {
    const { browser, who } = await signedIn();
    const question = new Question();
    const tokens = await question.tokens(await browser.open(await question.url()));
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({
      ...{ sub: who.userId, acr: 'urn:gatehouse:acr:single', amr: ['pwd'] },
    });
    for (const token of [tokens.access_token, tokens.id_token!]) expect(decodeProtectedHeader(token).alg).toBe('ES256');
    const answer = await oauth.userInfoRequest(as, client, tokens.access_token, insecure);
    expect((await oauth.processUserInfoResponse(as, client, who.userId, answer)).preferred_username).toBe(who.username);
    // One of the studio's own may have the whole account.
    expect((await call('GET', `${dev.public_url}/v1/auth/me`, { token: tokens.access_token })).body.id).toBe(
      who.userId,
    );
    expect(tokens).not.toHaveProperty('refresh_token');
  });

  it('R-AS3: a code that is used twice ends what it was exchanged for', async () => {
    const { browser } = await signedIn();
    const question = new Question();
    const visit = await browser.open(await question.url());
    const { access_token: token } = await question.tokens(visit);
    expect(await errorOf(await question.redeem(visit))).toEqual([400, 'invalid_grant']);
    await eventually('the token to be dead', 45_000, async () =>
      (await call('GET', `${dev.public_url}/oauth/userinfo`, { token })).status === 401 ? true : undefined,
    );
  });

  it('R-AS2: a wrong verifier and none get nothing', async () => {
    const { browser } = await signedIn();
    const question = new Question();
    const visit = await browser.open(await question.url());
    expect(await errorOf(await question.redeem(visit, oauth.generateRandomCodeVerifier()))).toEqual([
      400,
      'invalid_grant',
    ]);
    const form = {
      ...{ grant_type: 'authorization_code', code: question.parameters(visit).get('code')! },
      ...{ client_id: client.client_id, redirect_uri: question.redirect_uri },
    };
    const without = await call('POST', as.token_endpoint!, { form });
    expect([without.status, without.body.error]).toEqual([400, 'invalid_grant']);
    const foreign = { ...form, code_verifier: question.verifier, client_id: 'branchpy-cli' };
    expect((await call('POST', as.token_endpoint!, { form: foreign })).body.error).toBe('invalid_grant');
    expect((await question.tokens(visit)).access_token).toEqual(expect.any(String));
  });
});

describe('tampering with the question', () => {
  it.each([
    ['R-AS2: plain PKCE', { code_challenge_method: 'plain' }],
    ['R-AS2: PKCE whose method is left out', { code_challenge_method: undefined }],
    ['R-AS2: no PKCE', { code_challenge: undefined, code_challenge_method: undefined }],
  ])('%s is invalid_request', async (_, more) => {
    const { browser } = await signedIn();
    const question = new Question();
    const { url } = await browser.open(await question.url(more));
    expect([url.searchParams.get('error'), url.searchParams.get('state')]).toEqual(['invalid_request', question.state]);
    expect(() => question.parameters({ url })).toThrow(oauth.AuthorizationResponseError);
  });

  it('R-AS4: there is no implicit flow', async () => {
    const { browser } = await signedIn();
    for (const response_type of ['token', 'id_token token']) {
      const { url } = await browser.open(await new Question().url({ response_type }));
      expect([url.searchParams.get('error'), url.hash]).toEqual(['unsupported_response_type', '']);
    }
  });

  it('R-AS1 R-SE14: a redirect that was never registered leads nowhere', async () => {
    const { browser } = await signedIn();
    const wrong = [
      ...[
        'https://evil.example/callback',
        'http://127.0.0.1:5000@evil.example/callback',
        'http://localhost:5000/callback',
      ],
      ...['http://127.0.0.1:5000/callback/../x', '//evil.example', 'javascript:alert(1)'],
    ];
    for (const redirect_uri of wrong) {
      const { url, page } = await browser.open(await new Question().url({ redirect_uri }));
      expect([redirect_uri, url.origin, page?.status]).toEqual([redirect_uri, new URL(dev.public_url).origin, 400]);
    }
  });

  it('R-SE12 R-SE13: its pages cannot be framed and answer no script', async () => {
    const { page } = await new Browser(dev).open(await new Question().url());
    expect(page!.headers.get('x-frame-options')).toBe('DENY');
    expect(page!.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const asked = await call('GET', (await new Question().url()).href, {
      headers: { origin: 'http://localhost:5173' },
    });
    expect(asked.headers.get('access-control-allow-origin')).toBeNull();
  });
});

it('R-AS8 R-JW7: keys of every algorithm are published, the next ones too, with an ETag', async () => {
  const { body, headers } = await call('GET', as.jwks_uri!);
  const algs = (body.keys as { alg: string }[]).map((key) => key.alg);
  for (const alg of ['RS256', 'ES256', 'EdDSA']) expect(algs.filter((a) => a === alg).length).toBeGreaterThanOrEqual(2);
  const same = await call('GET', as.jwks_uri!, { headers: { 'if-none-match': headers.get('etag')! } });
  expect(same.status).toBe(304);
});
