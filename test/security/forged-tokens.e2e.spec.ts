import { createHmac, createPublicKey, generateKeyPairSync, sign, type JsonWebKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import type { DevInfo } from '#local';
import { call } from '../support/http.js';
import { stack } from '../support/index.js';
import { licensed, me, register, type SignedIn } from '../support/people.js';

let dev: DevInfo;
let who: SignedIn;
let header: Record<string, unknown>;
let claims: JWTPayload;
let licenseToken: string;

beforeAll(async () => {
  dev = await stack();
  who = await register(dev);
  header = { ...decodeProtectedHeader(who.accessToken) };
  claims = decodeJwt(who.accessToken);
  licenseToken = (await licensed(dev, who)).body.license_token;
}, 120_000);

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const body = (head: object, payload: object): string => `${part(head)}.${part(payload)}`;
const signatureOf = (token: string): string => token.split('.')[2]!;

async function publicKey(): Promise<JsonWebKey> {
  const { body: set } = await call('GET', `${dev.public_url}/.well-known/jwks.json`);
  return set.keys.find((key: { kid: string }) => key.kid === header.kid);
}

/** Our own key, which says that it is theirs. */
const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signedByUs = (head: object, payload: object): string => {
  const text = body(head, payload);
  return `${text}.${sign('sha256', Buffer.from(text), own.privateKey).toString('base64url')}`;
};

const hmacWith = (key: Buffer | string): string => {
  const text = body({ ...header, alg: 'HS256' }, claims);
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
};

const FORGERIES: [string, () => string | Promise<string>][] = [
  ['alg none, without a signature', () => `${body({ ...header, alg: 'none' }, claims)}.`],
  ['alg None, in capitals', () => `${body({ ...header, alg: 'NONE' }, claims)}.${signatureOf(who.accessToken)}`],
  [
    'HS256 with the public key as PEM',
    async () => {
      const key = createPublicKey({ key: await publicKey(), format: 'jwk' });
      return hmacWith(key.export({ type: 'spki', format: 'pem' }) as string);
    },
  ],
  ['HS256 with the public key’s modulus', async () => hmacWith(Buffer.from((await publicKey()).n!, 'base64url'))],
  ['a key of the forger under the right kid', () => signedByUs(header, claims)],
  [
    'a key that the token brings along',
    () => signedByUs({ ...header, jwk: own.publicKey.export({ format: 'jwk' }) }, claims),
  ],
  ['a key that the token says where to fetch', () => signedByUs({ ...header, jku: `${dev.mail_url}/keys` }, claims)],
  ['a kid that is a path', () => signedByUs({ ...header, kid: '../../../../dev/null' }, claims)],
  [
    'the signature of another body',
    () => `${body(header, { ...claims, roles: ['admin'] })}.${signatureOf(who.accessToken)}`,
  ],
  ['a license token: right issuer, another typ', () => licenseToken],
  ['a refresh token', () => who.refreshToken],
  ['half a token', () => who.accessToken.slice(0, -20)],
];

describe('a forged token', () => {
  it('is told apart from the real one', async () => {
    expect((await me(dev, who.accessToken)).status).toBe(200);
  });

  it.each(FORGERIES)('R-JW1 R-JW2 E-guard: %s is 401', async (_, forge) => {
    const token = await forge();
    const answer = await me(dev, token);
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_token']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    const inBody = await call('POST', `${dev.public_url}/v1/auth/me/token`, { json: { token } });
    expect([inBody.status, inBody.body.code]).toEqual([401, 'invalid_token']);
  });
});
