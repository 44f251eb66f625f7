import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { DataAppName } from '#contracts';
import type { DevInfo } from '#local';
import { call } from '../support/http.js';
import { stack } from '../support/index.js';
import { register, type SignedIn } from '../support/people.js';

interface Operation {
  method: string;
  path: string;
  params: string[];
  permission: string;
}

let dev: DevInfo;
let operations: Operation[];
let owner: SignedIn;
let stranger: SignedIn;
let owned: Record<string, string>;
beforeAll(async () => {
  dev = await stack();
  [owner, stranger] = [await register(dev), await register(dev)];
  operations = await operationsWithParams();
  owned = await belongings();
}, 120_000);

/** Operations of the public document that name a record in their path. */
async function operationsWithParams(): Promise<Operation[]> {
  const { paths } = (await call('GET', `${dev.public_url}/openapi.json`)).body as {
    paths: Record<string, Record<string, { 'x-permission': string }>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...{ method: method.toUpperCase(), path, permission: operation['x-permission'] },
      params: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!),
    })),
  );
}

/** Something of every kind that the owner has, by the parameter that names it. */
async function belongings(): Promise<Record<string, string>> {
  const token = owner.accessToken;
  const post = async (path: string, json: object = {}) =>
    (await call('POST', `${dev.public_url}/v1/auth${path}`, { token, json })).body;
  const { sessions } = (await call('GET', `${dev.public_url}/v1/auth/sessions`, { token })).body;
  const { code } = await post('/devices/pair/start');
  const stream = { label: 'Main', platform: 'twitch', stream_key: 'live_0123456789abcdef' };
  const source = { platform: 'twitch', label: 'Chat', config: { channel: 'rowan' } };
  return {
    user_id: owner.userId,
    session_id: sessions[0].id,
    device_id: (await post('/devices/pair/claim', { code, name: 'Box' })).device.id,
    stream_id: (await post('/streams', stream)).id,
    chat_source_id: (await post('/chat-sources', source)).id,
    identity_id: await insert('identity', 'oauth_accounts', { provider: 'github', subject: randomUUID() }),
    passkey_id: await insert('identity', 'passkeys', {
      ...{ credential_id: randomUUID(), public_key: Buffer.alloc(1), sign_count: 0, transports: [], name: 'Key' },
      ...{ single_device: true, backed_up: false },
    }),
    installation_id: await insert('licensing', 'installations', {
      ...{ client_id: 'branchpy-cli', name: 'Copy', created_at: new Date(), last_seen_at: new Date() },
    }),
    client_id: await grant('web'),
  };
}

async function insert(app: DataAppName, table: string, row: Record<string, unknown>): Promise<string> {
  const id = randomUUID();
  await write(app, table, { ...row, id, user_id: owner.userId });
  return id;
}

async function grant(client_id: string): Promise<string> {
  await write('identity', 'authorization_grants', { client_id, user_id: owner.userId, scopes: ['openid'] });
  return client_id;
}

async function write(app: DataAppName, table: string, row: Record<string, unknown>): Promise<void> {
  const columns = Object.keys(row);
  const client = new pg.Client(dev.postgres[app]);
  await client.connect();
  const values = columns.map((_, i) => `$${i + 1}`);
  const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values.join(', ')})`;
  await client.query(sql, Object.values(row)).finally(() => client.end());
}

/** Parameters that name no record of a person, with the reason. */
const NOBODYS: Record<string, string> = {
  file: 'assets of the reference',
  key: 'of a license in the portal, whose buyer has a cookie and no account (portal.integration.spec.ts, P3 and P6)',
  provider: 'the name of a provider',
  role: 'the name of a role',
  secret: 'of a storefront’s webhook',
  user_code: 'typed in by whoever is to approve it; viewing claims nothing (R-DF5)',
};

const ask = (operation: Operation, who: SignedIn) => {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => owned[name] ?? 'support');
  const json = ['POST', 'PUT', 'PATCH'].includes(operation.method) ? { json: bodyOf(operation, who) } : {};
  return call(operation.method, `${dev.public_url}${path}`, { token: who.accessToken, ...json });
};
/** Bodies without which the record would not even be looked for. */
const BODIES: Record<string, object> = {
  '/v1/auth/streams/{stream_id}': { label: 'Taken over' },
  '/v1/auth/streams/{stream_id}/key': { stream_key: 'live_fedcba9876543210' },
  '/v1/admin/users/{user_id}/impersonate': { reason: 'curious' },
  '/v1/admin/users/{user_id}/roles': { roles: ['admin'] },
};
/** A reveal wants the right password first. */
const bodyOf = ({ path }: Operation, { password }: SignedIn): object =>
  path.endsWith('/reveal') ? { password } : (BODIES[path] ?? {});
const persons = () =>
  operations.filter((o) => o.params.some((name) => !NOBODYS[name]) && !/^(anyone|internal:)/.test(o.permission));

describe('what belongs to somebody else', () => {
  it('R-AD5: of every parameter in a path it is known whose record it names', () => {
    const named = new Set(operations.filter((o) => !o.permission.startsWith('internal:')).flatMap((o) => o.params));
    expect([...named].filter((name) => !NOBODYS[name] && !(name in owned))).toEqual([]);
    for (const [name, id] of Object.entries(owned)) expect([name, typeof id]).toEqual([name, 'string']);
    expect(persons().length).toBeGreaterThan(20);
  });

  it('R-AD5 C-sessions.revoke C-devices.revoke: every route with an id is 404 or 403 for a stranger', async () => {
    for (const operation of persons()) {
      const { status, body } = await ask(operation, stranger);
      const route = `${operation.method} ${operation.path}`;
      const expected = operation.permission === 'user' ? [404, 'not_found'] : [403, 'forbidden'];
      expect([route, status, body.code]).toEqual([route, ...expected]);
    }
  });

  it('R-AD5: and it is still there for its owner, so that it was a record that was asked for', async () => {
    const own = persons().filter((o) => o.permission === 'user' && o.method !== 'POST');
    // What takes it away comes last, and the session after everything: with it the token is gone.
    const rank = ({ method, path }: Operation) => Number(method === 'DELETE') + Number(path.includes('session_id'));
    own.sort((a, b) => rank(a) - rank(b));
    for (const operation of own) {
      const { status } = await ask(operation, owner);
      const route = `${operation.method} ${operation.path}`;
      expect([route, status]).toEqual([route, expect.any(Number)]);
      expect([route, [403, 404].includes(status)]).toEqual([route, false]);
    }
  });

  it('R-AD5: an id that is none is 404, and tells nothing else', async () => {
    const who = await register(dev);
    for (const operation of persons().filter((o) => o.permission === 'user')) {
      const path = operation.path.replace(/\{\w+\}/g, "1'%20OR%201=1");
      const json = ['POST', 'PUT', 'PATCH'].includes(operation.method) ? { json: bodyOf(operation, who) } : {};
      const got = await call(operation.method, `${dev.public_url}${path}`, { token: who.accessToken, ...json });
      const route = `${operation.method} ${operation.path}`;
      expect([route, got.status]).toEqual([route, 404]);
    }
  });
});
