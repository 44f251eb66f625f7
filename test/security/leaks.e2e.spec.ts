import fs from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import type { DevInfo } from '#local';
import { eventually } from '../support/eventually.js';
import { call, CookieJar } from '../support/http.js';
import { startStack, type Stack } from '../support/index.js';
import {
  blobIn,
  deliveries,
  internal,
  login,
  mailsTo,
  me,
  newcomer,
  refresh,
  register,
  sell,
  verifyAddress,
} from '../support/people.js';

let stack: Stack;
let dev: DevInfo;

/** Everything that the run below shows to somebody who must have it, and that nobody else may find. */
const secrets = new Map<string, string>();
/** What tells who somebody is. */
const personal = new Map<string, string>();
const keep = (what: string, value: string): string => {
  if (value.length < 8) throw new Error(`${what} is too short to be looked for`);
  secrets.set(what, value);
  return value;
};

/** A day in the life of a person, a buyer, an admin and three internal callers. */
async function live(): Promise<void> {
  const who = await register(dev, newcomer('canary'));
  personal.set('address', who.email).set('username', who.username);
  keep('password', who.password);
  keep('access token', who.accessToken);
  keep('refresh token', who.refreshToken);
  await verifyAddress(dev, who);
  const [mail] = await mailsTo(dev, who.email);
  keep('mailed token', /token=([A-Za-z0-9_-]+)/.exec(mail!.text)![1]!);

  const wrong = keep('wrong password', `${who.password} not quite`);
  await login(dev, { ...who, password: wrong });
  const again = await login(dev, who);
  keep('second access token', again.body.access_token);
  keep('license token', again.body.license_token);
  const rotated = await refresh(dev, again.body.refresh_token);
  keep('rotated refresh token', rotated.body.refresh_token);
  await me(dev, rotated.body.access_token);
  await call('POST', `${dev.public_url}/v1/auth/me/token`, { json: { token: rotated.body.access_token } });
  await watch(rotated.body.access_token);

  const jar = new CookieJar();
  await call('POST', `${dev.public_url}/v1/auth/login`, {
    jar,
    json: { email: who.email, password: who.password, client_id: 'tachigo-dashboard' },
  });
  keep('refresh cookie', jar.header.split('=').slice(1).join('='));
  await call('POST', `${dev.public_url}/v1/auth/refresh`, { jar, headers: { 'x-client-id': 'tachigo-dashboard' } });
  await call('GET', `${dev.public_url}/v1/nothing?token=${keep('token of a lost path', 'lost-path-token-93f1')}`);

  await sell(dev, { email: who.email, full_name: 'Canary Longfellow', product_permalink: 'pro' });
  personal.set('name', 'Canary Longfellow');
  const delivery = await eventually('the delivery', 10_000, async () => (await deliveries(dev, who.email))[0]);
  keep('blob', blobIn(delivery)!);
  await internal(dev, 'creator-cli', 'GET', `/internal/licenses?email=${encodeURIComponent(who.email)}`);
  const service = await call('POST', `${dev.public_url}/oauth/token`, {
    form: {
      grant_type: 'client_credentials',
      client_id: 'creator-cli',
      client_secret: dev.internal_callers['creator-cli']!,
    },
  });
  keep('service token', service.body.access_token);
  const { username, password } = dev.admin;
  const admin = await call('POST', `${dev.public_url}/v1/auth/login`, { json: { username, password } });
  keep('access token of the admin', admin.body.access_token);
  keep('password of the admin', password);
  keep('webhook secret', dev.gumroad.webhook_secret);
  for (const [caller, secret] of Object.entries(dev.internal_callers)) keep(`secret of ${caller}`, secret);
  await call('POST', `${dev.public_url}/v1/auth/logout?all=true`, { token: rotated.body.access_token });
}

/** Opens a socket with the token in the query, the way that tempts access logs most. */
async function watch(token: string): Promise<void> {
  const socket = new WebSocket(`${dev.public_url.replace('http', 'ws')}/v1/auth/ws?token=${token}`);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.terminate();
}

const filesIn = (dir: string): string[] =>
  fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

/** A value as it may be written: as it is, or as the bytes of a column. */
const spellings = (value: string): string[] => [
  value,
  Buffer.from(value).toString('hex'),
  ...(/^[\w-]{43,}$/.test(value) ? [Buffer.from(value, 'base64url').toString('hex')] : []),
];

/** Which of the values stand in the text, by what they are. */
const foundIn = (text: string, values: Map<string, string>): string[] =>
  [...values].filter(([, value]) => spellings(value).some((spelling) => text.includes(spelling))).map(([what]) => what);

/** Every row of every table of a database as text, by table. */
async function rowsOf(url: string): Promise<Map<string, string>> {
  const db = new Client({ connectionString: url });
  await db.connect();
  try {
    const { rows } = await db.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const tables = new Map<string, string>();
    for (const { name } of rows) {
      const found = await db.query<{ rows: string | null }>(
        `SELECT string_agg(t::text, E'\\n') AS rows FROM ${name} t`,
      );
      tables.set(name, found.rows[0]!.rows ?? '');
    }
    return tables;
  } finally {
    await db.end();
  }
}

beforeAll(async () => {
  stack = await startStack({ env: { LOG_LEVEL: 'debug' } });
  dev = stack.info;
  await live();
}, 180_000);
afterAll(() => stack.stop());

describe('what is secret', () => {
  it('the search finds what is there', () => {
    expect(secrets.size).toBeGreaterThanOrEqual(20);
    expect(foundIn(`x ${secrets.get('blob')} y`, secrets)).toEqual(['blob']);
  });

  it('R-LG2 OPS20 G19 D-pii: no secret and no person is in any log, at the chattiest level', () => {
    const logs = filesIn(path.join(stack.dir, 'logs'));
    expect(logs.length).toBeGreaterThanOrEqual(7);
    const text = logs.map((file) => fs.readFileSync(file, 'utf8'));
    expect(text.join('').length).toBeGreaterThan(1_000);
    const everything = new Map([...secrets, ...personal]);
    expect(logs.map((file, i) => [path.basename(file), foundIn(text[i]!, everything)])).toEqual(
      logs.map((file) => [path.basename(file), []]),
    );
  });

  it('R-RF7 R-RC3 A-sessions: no table has a token or a password', async () => {
    // A license token is kept to be handed out again, a blob is the license itself, and both are their owner's.
    const hidden = new Map(secrets);
    hidden.delete('license token');
    hidden.delete('blob');
    for (const [app, url] of Object.entries(dev.postgres)) {
      const tables = await rowsOf(url);
      expect(tables.size).toBeGreaterThan(2);
      const leaks = [...tables].map(([table, rows]) => [table, foundIn(rows, hidden)] as const);
      expect([app, leaks.filter(([, found]) => found.length)]).toEqual([app, []]);
    }
  });

  it('BUS: no secret and no person is on the broker’s disk', () => {
    const files = filesIn(path.join(stack.dir, 'nats'));
    expect(files.length).toBeGreaterThan(3);
    const everything = new Map([...secrets, ...personal]);
    const leaks = files.map((file) => [file, foundIn(fs.readFileSync(file, 'latin1'), everything)] as const);
    expect(leaks.filter(([, found]) => found.length)).toEqual([]);
  });

  it('SEC5: the state folder is for its owner alone', () => {
    expect(fs.statSync(stack.dir).mode & 0o077).toBe(0);
    for (const file of [...filesIn(path.join(stack.dir, 'logs')), path.join(stack.dir, 'dev.json')]) {
      expect([file, fs.statSync(file).mode & 0o077]).toEqual([file, 0]);
    }
  });
});
