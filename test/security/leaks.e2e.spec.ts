import fs from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import type { DevInfo } from '#local';
import { call } from '../support/http.js';
import { eventually, startStack, type Stack } from '../support/index.js';
import { Answers } from './leaks/answers.js';
import { BusTap } from './leaks/bus-tap.js';
import { Search } from './leaks/canaries.js';
import { filesIn, rowsOf } from './leaks/kept-data.js';
import { Lives } from './leaks/lives.js';
import { meantFor } from './leaks/meant.rules.js';

const PLANTED = 'planted-canary-5b1f0c77d2';
/** Where a canary of the test itself was put, to see that it is found there. */
const planted = new Search(new Map([['planted', PLANTED]]));

let stack: Stack;
let dev: DevInfo;
let lives: Lives;
let tap: BusTap;
let answers: Answers;
/** For what is secret, and for that and who people are. */
let secret: Search;
let everything: Search;

beforeAll(async () => {
  stack = await startStack({ env: { LOG_LEVEL: 'trace' } });
  dev = stack.info;
  tap = await BusTap.open(stack);
  answers = new Answers([dev.public_url, dev.internal_url].map((url) => new URL(url).origin));
  lives = new Lives(stack, tap);
  await lives.run();
  secret = new Search(lives.secrets);
  everything = new Search(new Map([...lives.secrets, ...lives.personal]));
}, 240_000);
afterAll(async () => {
  answers?.stop();
  await tap?.close();
  await stack?.stop();
});

/** Where something was found that is not meant for that place: `<place>: <what>`. */
const leaks = (places: Iterable<readonly [place: string, text: string]>, search: Search): string[] => {
  const found = [...places].flatMap(([place, text]) =>
    search.in(text).flatMap((what) => (meantFor(place, what) ? [] : [`${place}: ${what}`])),
  );
  return [...new Set(found)].sort();
};

const logs = () =>
  filesIn(path.join(stack.dir, 'logs')).map(
    (file) => [`log ${path.basename(file)}`, fs.readFileSync(file, 'latin1')] as const,
  );
const onTheBus = () => tap.heard.map(({ subject, text }) => [`bus ${subject}`, text] as const);
const answered = () => answers.kept.map(({ request, text }) => [`http ${request}`, text] as const);
const inTables = async () => {
  const dumps = Object.entries(dev.postgres).map(async ([app, url]) =>
    [...(await rowsOf(url))].map(([table, rows]) => [`table ${app} ${table}`, rows] as const),
  );
  return (await Promise.all(dumps)).flat();
};
const onDisk = () =>
  filesIn(path.join(stack.dir, 'nats', 'store')).map(
    (file) => [`file ${path.basename(file)}`, fs.readFileSync(file, 'latin1')] as const,
  );

describe('what is secret', () => {
  it('there is a canary of every kind', () => {
    const kinds = new Set([...lives.secrets.keys()].map((what) => what.split(':')[0]));
    expect([...kinds].sort()).toEqual([
      'MFA seed',
      'access token',
      'blob',
      'caller secret',
      'chat source token',
      'connector token',
      'database password',
      'extension secret',
      'interim token',
      'key-encryption key',
      'license token',
      'mail token',
      'nkey seed',
      'password',
      'portal token',
      'private key',
      'provider code',
      'provider secret',
      'recovery code',
      'refresh token',
      'reveal grant',
      'storefront API key',
      'stream key',
      'webhook secret',
    ]);
  });

  it('R-LG2 SEC5 OPS20 G19 D-pii: no secret and no person is in any log, at the chattiest level', () => {
    expect(logs().length).toBeGreaterThanOrEqual(7);
    expect(leaks(logs(), everything)).toEqual([]);
    fs.writeFileSync(path.join(stack.dir, 'logs', 'planted.log'), `{"msg":"${PLANTED}"}\n`);
    expect(leaks(logs(), planted)).toEqual(['log planted.log: planted']);
  });

  it('SEC5 G19: no answer has a secret that is not meant for who asked', async () => {
    expect(answers.kept.length).toBeGreaterThan(30);
    expect(leaks(answered(), secret)).toEqual([]);
    await call('GET', `${dev.public_url}/v1/${PLANTED}`);
    expect(answered().at(-1)![0]).toBe(`http GET /v1/${PLANTED}`);
    const { headers } = await call('GET', `${dev.public_url}/health`, { headers: { 'x-request-id': PLANTED } });
    expect(headers.get('x-request-id')).toBe(PLANTED);
    expect(leaks(answered(), planted)).toContain('http GET /health: planted');
  });

  it('SEC5 BUS2: on the bus a secret is in the commands that are made to carry it, and in no event', async () => {
    expect(tap.heard.length).toBeGreaterThan(100);
    expect(leaks(onTheBus(), secret)).toEqual([]);
    await tap.say(Buffer.from(PLANTED).toString('base64'));
    await eventually('the planted canary on the bus', 30_000, () =>
      Promise.resolve(leaks(onTheBus(), planted).includes('bus planted.text: planted') || undefined),
    );
  });

  it('R-RF7 R-RC3 SEC5 A-sessions: no table has a secret', async () => {
    expect(leaks(await inTables(), secret)).toEqual([]);
    const db = new Client({ connectionString: dev.postgres.secrets });
    await db.connect();
    await db.query(`CREATE TABLE planted AS SELECT convert_to('${PLANTED}', 'UTF8') AS value`);
    expect(leaks(await inTables(), planted)).toEqual(['table secrets public.planted: planted']);
    await db.query('DROP TABLE planted');
    await db.end();
  });

  it('BUS: no secret and no person is on the broker’s disk', () => {
    expect(onDisk().length).toBeGreaterThan(3);
    expect(leaks(onDisk(), everything)).toEqual([]);
    fs.writeFileSync(path.join(stack.dir, 'nats', 'store', 'planted'), Buffer.from(PLANTED).toString('hex'));
    expect(leaks(onDisk(), planted)).toEqual(['file planted: planted']);
  });

  it('SEC5: the state folder is for its owner alone', () => {
    expect(fs.statSync(stack.dir).mode & 0o077).toBe(0);
    for (const file of [...filesIn(path.join(stack.dir, 'logs')), path.join(stack.dir, 'dev.json')]) {
      if (path.basename(file) === 'planted.log') continue;
      expect([file, fs.statSync(file).mode & 0o077]).toEqual([file, 0]);
    }
  });
});
