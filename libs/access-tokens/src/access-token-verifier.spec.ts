import { createHmac, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import type { Bus } from '#bus';
import { ListClients, ListPublicKeys, ListRevocations, Refusal, type Command } from '#contracts';
import { AccessTokenVerifier, ANY_SCOPE } from './access-token-verifier.js';
import { ClientPolicyCache } from './client-policies.js';
import { IdTokenReader } from './id-token-reader.js';
import { KeyCache } from './key-cache.js';
import { RevocationList } from './revocation-list.js';

const ISSUER = 'https://id.example';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const now = () => Math.floor(Date.now() / 1000);

const device = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKey = (kid: string, key: KeyObject, state = 'active', purpose = 'access') => ({
  kid,
  purpose,
  alg: 'RS256',
  state,
  jwk: key.export({ format: 'jwk' }),
  not_before: new Date().toISOString(),
  not_after: null,
});

/** A bus whose neighbours answer by contract; counts what it was asked. */
function neighbours(
  keys = [
    publicKey('k1', rsa.publicKey),
    publicKey('lic', other.publicKey, 'active', 'license_token'),
    publicKey('dev', device.publicKey, 'active', 'device_token'),
  ],
) {
  const asked: string[] = [];
  const answers: Record<string, unknown> = {
    [ListPublicKeys.name]: { keys },
    [ListClients.name]: {
      default_client_id: 'cli',
      clients: [
        { client_id: 'cli', audience: ['cli-api'] },
        { client_id: 'host', audience: ['live', 'persona'] },
      ],
    },
    [ListRevocations.name]: { revocations: [] },
  };
  const send = (command: Command) => {
    asked.push(command.name);
    return Promise.resolve(answers[command.name]);
  };
  return { bus: { send } as unknown as Bus, asked, answers };
}

async function verifier(from = neighbours()) {
  const keys = new KeyCache(from.bus);
  const clients = new ClientPolicyCache(from.bus);
  const revocations = new RevocationList(from.bus);
  await Promise.all([keys.reload(), clients.reload(), revocations.reload()]);
  return { verifier: new AccessTokenVerifier(ISSUER, keys, clients, revocations), keys, revocations, ...from };
}

const claims = (more: object = {}) => ({
  ...{ iss: ISSUER, sub: randomUUID(), aud: 'cli-api', iat: now(), exp: now() + 600, jti: randomUUID() },
  ...{ sid: randomUUID(), client_id: 'cli', roles: ['user'], amr: ['pwd'], auth_time: now() },
  ...more,
});

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(payload: object, header: object = {}, key: KeyObject = rsa.privateKey): string {
  const input = `${part({ alg: 'RS256', typ: 'at+jwt', kid: 'k1', ...header })}.${part(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

const refused = async (attempt: Promise<unknown>) => {
  const error = await attempt.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(Refusal);
  expect((error as Refusal).code).toBe('invalid_token');
};

describe('an access token', () => {
  it('R-JW3: is accepted when everything about it holds, and asks nobody the second time', async () => {
    const t = await verifier();
    const payload = claims();
    const before = t.asked.length;
    expect(await t.verifier.verify(token(payload))).toMatchObject({
      sub: payload.sub,
      roles: ['user'],
      aud: ['cli-api'],
    });
    await t.verifier.verify(token(payload));
    expect(t.asked.length).toBe(before);
  });

  it.each([-60, -30, 0, 30, 60])(
    'REL12: of an issuer whose clock is off by %i s is good from the start',
    async (off) => {
      const t = await verifier();
      const at = now() + off;
      await t.verifier.verify(token(claims({ iat: at, nbf: at, exp: at + 600, auth_time: at })));
    },
  );

  it('REL12 R-JW5: ends no earlier than it says, and at most a minute later, also when it was seen before', async () => {
    const t = await verifier();
    const clock = jest.spyOn(Date, 'now');
    const end = now() + 600;
    const text = token(claims({ exp: end }));
    try {
      for (const seconds of [-1, 0, 20]) {
        clock.mockReturnValue((end + seconds) * 1_000);
        await t.verifier.verify(text);
        await t.verifier.verify(token(claims({ iat: end - 600, auth_time: end - 600, exp: end })));
      }
      clock.mockReturnValue((end + 61) * 1_000);
      await refused(t.verifier.verify(text));
      await refused(t.verifier.verify(token(claims({ iat: end - 600, auth_time: end - 600, exp: end }))));
    } finally {
      clock.mockRestore();
    }
  });

  const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' });
  const hs256 = () => {
    const input = `${part({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${part(claims())}`;
    return `${input}.${createHmac('sha256', publicPem).update(input).digest('base64url')}`;
  };
  const es256 = () => {
    const input = `${part({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' })}.${part(claims())}`;
    const signature = sign('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${input}.${signature.toString('base64url')}`;
  };

  it.each<[string, () => string]>([
    ['J1: alg none', () => `${part({ alg: 'none', typ: 'at+jwt', kid: 'k1' })}.${part(claims())}.`],
    ['J1: alg none with a signature', () => token(claims(), { alg: 'none' })],
    ['J1: HS256 keyed with the public key', hs256],
    ['J1: ES256 under an RSA kid', es256],
    ['J2: another issuer', () => token(claims({ iss: 'https://evil.example' }))],
    ['J2 R-JW4: a foreign audience', () => token(claims({ aud: 'another-api' }))],
    ['J2 R-JW4: a foreign audience beside its own', () => token(claims({ aud: ['cli-api', 'another-api'] }))],
    ['J2 R-JW2: a license token', () => token(claims(), { typ: 'license+jwt' })],
    ['R-JW2: a plain JWT', () => token(claims(), { typ: 'JWT' })],
    ['R-JW2: no typ', () => token(claims(), { typ: undefined })],
    ['J2: the license key', () => token(claims(), { kid: 'lic' }, other.privateKey)],
    ['J3: no exp', () => token(claims({ exp: undefined }))],
    ['J3: no jti', () => token(claims({ jti: undefined }))],
    ['R-JW3: no session', () => token(claims({ sid: undefined }))],
    ['R-JW3: an unknown client', () => token(claims({ client_id: 'nobody' }))],
    ['R-JW5: expired', () => token(claims({ exp: now() - 120 }))],
    ['R-JW5: not yet valid', () => token(claims({ nbf: now() + 300 }))],
    ['J4: a kid that is a path', () => token(claims(), { kid: '../../k1' })],
    ['J4: a kid that is SQL', () => token(claims(), { kid: "k1' OR '1'='1" })],
    ['J4: a kid that is no text', () => token(claims(), { kid: ['k1'] })],
    [
      'J5: a key brought along',
      () => token(claims(), { jwk: other.publicKey.export({ format: 'jwk' }) }, other.privateKey),
    ],
    ['J5: a key to be fetched', () => token(claims(), { jku: 'https://evil.example/keys' })],
    ['another key', () => token(claims(), {}, other.privateKey)],
    ['a changed payload', () => token(claims()).replace(/\.[^.]+\./, `.${part(claims({ roles: ['admin'] }))}.`)],
    ['no token at all', () => 'nonsense'],
    ['a huge token', () => token(claims({ pad: 'x'.repeat(20_000) }))],
  ])('%s is refused', async (_, make) => {
    const t = await verifier();
    await refused(t.verifier.verify(make()));
  });

  it('R-JW9: is refused from the moment its session or its id is revoked, cached or not', async () => {
    const t = await verifier();
    const [bySession, byId] = [claims(), claims()];
    await t.verifier.verify(token(bySession));
    t.revocations.add(bySession.sid, Date.now() + 60_000);
    t.revocations.add(byId.jti, Date.now() + 60_000);
    await refused(t.verifier.verify(token(bySession)));
    await refused(t.verifier.verify(token(byId)));
  });

  it('R-JW7: of a compromised key is refused though it was seen before', async () => {
    const from = neighbours();
    const t = await verifier(from);
    const payload = claims();
    await t.verifier.verify(token(payload));
    from.answers[ListPublicKeys.name] = { keys: [publicKey('k1', rsa.publicKey, 'compromised')] };
    await t.keys.reload();
    await refused(t.verifier.verify(token(payload)));
  });

  it('R-JW8: unknown kids are asked for once in a while, not once a token', async () => {
    const t = await verifier();
    const before = t.asked.length;
    for (let i = 0; i < 50; i += 1) await refused(t.verifier.verify(token(claims(), { kid: `forged-${i}` })));
    expect(t.asked.length - before).toBeLessThanOrEqual(1);
  });
});

describe('an application’s access token', () => {
  const code = async (scope: unknown, asked?: string): Promise<string> => {
    const t = await verifier();
    return t.verifier.verify(token(claims({ scope })), asked).then(
      () => 'ok',
      (error: unknown) => (error as Refusal).code,
    );
  };

  it('R-AS9: is good for its scope and not for its person’s account', async () => {
    expect(await code('openid profile')).toBe('insufficient_scope');
    expect(await code('openid profile', 'email')).toBe('insufficient_scope');
    expect(await code('openid profile', 'openid')).toBe('ok');
    expect(await code('openid profile', ANY_SCOPE)).toBe('ok');
    expect(await code('openid account')).toBe('ok');
  });

  it('R-AS9: that is limited to nothing is not one without limits', async () => {
    for (const scope of ['', ' ', 7, ['account']]) expect(await code(scope)).toBe('invalid_token');
  });

  it('R-JW1: verifies with the one algorithm of its key', async () => {
    const keys = [{ ...publicKey('e1', ec.publicKey), alg: 'ES256' }];
    const t = await verifier(neighbours(keys));
    const input = `${part({ alg: 'ES256', typ: 'at+jwt', kid: 'e1' })}.${part(claims())}`;
    const signature = sign('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' });
    await t.verifier.verify(`${input}.${signature.toString('base64url')}`);
    await refused(t.verifier.verify(token(claims(), { kid: 'e1' })));
  });
});

describe('an ID token', () => {
  it('R-AS10 R-JW2: is read as a hint only, also when it has expired', async () => {
    const t = await verifier(neighbours([publicKey('k1', rsa.publicKey, 'active', 'id_token')]));
    const reader = new IdTokenReader(ISSUER, t.keys);
    const payload = { ...claims(), aud: 'cli', exp: now() - 86_400 };
    const hint = { user_id: payload.sub, client_id: 'cli', session_id: payload.sid };
    expect(await reader.read(token(payload, { typ: 'JWT' }))).toEqual(hint);
    await refused(t.verifier.verify(token(payload, { typ: 'JWT' })));
    const forged = [
      token(payload, { typ: 'at+jwt' }),
      token(payload, { typ: 'JWT' }, other.privateKey),
      token({ ...payload, iss: 'https://evil.example' }, { typ: 'JWT' }),
      token(payload, { typ: 'JWT', kid: 'unknown' }),
      'nonsense',
    ];
    for (const one of forged) expect(await reader.read(one)).toBeUndefined();
  });
});

describe('a device token', () => {
  const deviceClaims = (more: object = {}): Record<string, unknown> => {
    const own = { aud: ['live', 'persona'], client_id: 'host', device_id: randomUUID(), exp: now() + 90 * 86_400 };
    return claims({ ...own, sid: undefined, roles: undefined, amr: undefined, auth_time: undefined, ...more });
  };
  const deviceToken = (payload: object, header: object = {}, key: KeyObject = device.privateKey) =>
    token(payload, { kid: 'dev', typ: 'device+jwt', ...header }, key);

  it('R-DP2: is accepted where a device may act, and is no person’s token', async () => {
    const t = await verifier();
    const payload = deviceClaims();
    const good = deviceToken(payload);
    expect(await t.verifier.verifyBearer(good)).toMatchObject({
      device_id: payload.device_id,
      aud: ['live', 'persona'],
    });
    await refused(t.verifier.verify(good));
    await refused(t.verifier.verifyService(good));
    expect(await t.verifier.verifyBearer(token(claims()))).toMatchObject({ sid: expect.any(String) });
  });

  it.each<[string, () => string]>([
    ['with the type of an access token', () => deviceToken(deviceClaims(), { typ: 'at+jwt' })],
    ['signed by the key of access tokens', () => deviceToken(deviceClaims(), { kid: 'k1' }, rsa.privateKey)],
    ['made an access token by that key', () => token(deviceClaims())],
    ['with a session', () => deviceToken(deviceClaims({ sid: randomUUID() }))],
    ['without a device', () => deviceToken(deviceClaims({ device_id: undefined, sid: randomUUID() }))],
    ['R-JW4: for a foreign audience', () => deviceToken(deviceClaims({ aud: ['live', 'cli-api'] }))],
    ['R-JW5: that has expired', () => deviceToken(deviceClaims({ exp: now() - 120 }))],
    ['of an unknown client', () => deviceToken(deviceClaims({ client_id: 'nobody' }))],
  ])('R-DP2 R-JW2: %s is refused', async (_, make) => {
    const t = await verifier();
    await refused(t.verifier.verifyBearer(make()));
  });

  it('R-DP3 R-JW9: is refused from the moment its jti is revoked', async () => {
    const t = await verifier();
    const payload = deviceClaims();
    await t.verifier.verifyBearer(deviceToken(payload));
    t.revocations.add(payload.jti as string, Date.now() + 90 * 86_400_000);
    await refused(t.verifier.verifyBearer(deviceToken(payload)));
  });

  it('R-DP3 R-JW9: whose removal a replica has not heard of is refused once the replica has read the list again', async () => {
    const t = await verifier();
    const payload = deviceClaims();
    const expires_at = new Date(Date.now() + 90 * 86_400_000).toISOString();
    t.answers[ListRevocations.name] = { revocations: [{ id: payload.jti, expires_at }] };
    await t.verifier.verifyBearer(deviceToken(payload));
    await t.revocations.reload();
    await refused(t.verifier.verifyBearer(deviceToken(payload)));
  });
});

describe('a service token', () => {
  it('D-internal-auth: is no person’s token, and a person’s is none', async () => {
    const t = await verifier();
    const service = token(
      claims({ aud: 'gatehouse-internal', client_id: 'billing', sub: 'billing', scope: 'a b', sid: undefined }),
    );
    expect(await t.verifier.verifyService(service)).toMatchObject({ sub: 'billing', scopes: ['a', 'b'] });
    await refused(t.verifier.verify(service));
    await refused(t.verifier.verifyService(token(claims())));
  });
});
