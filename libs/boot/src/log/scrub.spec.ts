import { createHash } from 'node:crypto';
import { isSecretName, REDACTED, scrub, scrubText } from './scrub.js';

describe('scrub', () => {
  it.each([
    ['authorization'],
    ['Set-Cookie'],
    ['refresh_token'],
    ['accessToken'],
    ['password'],
    ['password_hash'],
    ['X-Internal-Secret'],
    ['gumroadWebhookSecrets'],
    ['license_key'],
    ['apikey'],
    ['blob'],
    ['email'],
    ['purchaser_email'],
    ['user_code'],
    ['nats_seed'],
  ])('OPS20: hides a member named %s', (name) => {
    expect(isSecretName(name)).toBe(true);
    expect(scrub({ [name]: 'canary' })).toEqual({ [name]: REDACTED });
  });

  it.each([['status_code'], ['code'], ['token_type'], ['key_id'], ['kid'], ['user_id'], ['primary_key'], ['path']])(
    'shows a member named %s',
    (name) => {
      expect(scrub({ [name]: 'shown' })).toEqual({ [name]: 'shown' });
    },
  );

  it('OPS20: hides secrets deep inside, in arrays and in maps', () => {
    const fields = { a: [{ b: { token: 'canary' } }], m: new Map([['password', 'canary']]), s: ['see a@example.com'] };
    expect(JSON.stringify(scrub(fields))).not.toMatch(/canary|example\.com/);
  });

  it('keeps an error, but not what a driver attaches to it', () => {
    const cause = Object.assign(new Error('Key (email)=(ann@example.com) already exists.'), {
      code: '23505',
      constraint: 'users_email',
      parameters: ['canary'],
    });
    const shown = scrub({ err: new Error('it failed', { cause }) }) as { err: Record<string, unknown> };
    expect(shown.err).toMatchObject({ message: 'it failed', cause: { code: '23505', constraint: 'users_email' } });
    expect(JSON.stringify(shown)).not.toMatch(/canary|ann@/);
  });

  it('does not walk without end', () => {
    const loop: Record<string, unknown> = { wide: Array.from({ length: 1_000 }, (_, i) => i) };
    loop.self = loop;
    expect(JSON.stringify(scrub(loop)).length).toBeLessThan(10_000);
  });
});

describe('scrubText', () => {
  it.each([
    ['an address', "mail to Ann.O'Neil+x@shop.example.co.uk bounced", 'Neil'],
    ['a non-ASCII address', 'mail to jürgen@exämple.de bounced', 'rgen'],
    ['a bearer token', 'Authorization: Bearer abc.def-ghi', 'abc.def'],
    ['a JWT', 'got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'eyJ'],
    ['a license blob', 'blob DTLIC2:AAAA.BBBB was mailed', 'AAAA'],
    ['a license key', 'key dt1-core-0A1B-2C3D was typed', '0A1B'],
    ['an nkey seed', `seed SU${'A2B3'.repeat(14)} read`, 'A2B3'],
    ['a database password', 'connect postgres://app:canary@db:5432/x', 'canary'],
    ['a query parameter', 'GET /reset?token=canary&x=1', 'canary'],
    ['an authorization code', 'GET /back?code=canary&state=canary', 'canary'],
    ['a JSON body', '{"username":"ann","password":"ca\\"nary","x":1}', 'nary'],
    ['a token that changes seldom', 'refresh GL0NPOD_EIuuaDc_kHXSABQRkmqxrMEskfigaplz seen', 'GL0NPOD'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIIcanary\n-----END PRIVATE KEY-----', 'canary'],
  ])('OPS20: takes %s out', (_, text, gone) => {
    expect(scrubText(text)).not.toContain(gone);
  });

  it('OPS20: takes opaque tokens out, in base64 and base64url', () => {
    for (let i = 0; i < 500; i++) {
      // As good as random, and the same at every run.
      const bytes = createHash('shake256', { outputLength: 30 + (i % 40) })
        .update(`${i}`)
        .digest();
      for (const token of [bytes.toString('base64url'), bytes.toString('base64')]) {
        expect(scrubText(`refresh ${token} seen`)).toBe(`refresh ${REDACTED} seen`);
      }
    }
  });

  it.each([
    ['018f4c3e-7a6b-7c3d-9e2f-1a2b3c4d5e6f'],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['at Object.<anonymous> (/srv/gatehouse/dist/libs/persistence/src/transactions/transactions.js:10:5)'],
    ['/home/Ann/Projects/GateHouse2/node_modules/something/deep/inside'],
    ['PersistenceModule dependencies initialized'],
    ['http://127.0.0.1:3000/health/ready'],
  ])('leaves %s as it is', (text) => {
    expect(scrubText(text)).toBe(text);
  });
});
