import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { eventually } from '../../../test/support/eventually.js';
import { testDir } from '../../../test/support/run.js';
import { ensureDatabases } from './databases.js';
import { endPostgres, startPostgres, type RunningPostgres } from './postgres.js';
import { ended, isAlive, markOf } from './processes.js';

const settings = { fsync: 'off' };
const optionsIn = (dir: string) => ({
  dir: path.join(dir, 'data'),
  log: path.join(dir, 'postgres.log'),
  password: 'a password with % and @',
  settings,
});

async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded Postgres', () => {
  let server: RunningPostgres | undefined;
  afterEach(() => server?.stop());

  it('starts below a folder of mode 0700 and keeps its data over a restart', async () => {
    const dir = testDir('pg');
    fs.chmodSync(dir, 0o700);
    server = await startPostgres(optionsIn(dir));
    await query(server.url(), 'create table kept as select 7 as number');
    await server.stop();
    server = await startPostgres(optionsIn(dir));
    expect(await query(server.url(), 'select number from kept')).toEqual([{ number: 7 }]);
  });

  it('is version 18, listens on loopback only and refuses a wrong password', async () => {
    server = await startPostgres(optionsIn(testDir('pg')));
    expect(await query(server.url(), 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect((await query<{ v: string }>(server.url(), 'select version() as v'))[0]!.v).toMatch(/PostgreSQL 18\./);
    const wrong = server.url('postgres', { name: 'gatehouse', password: 'wrong' });
    await expect(query(wrong, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  it('gives each app a database that no other app can open', async () => {
    server = await startPostgres(optionsIn(testDir('pg')));
    const owners = [
      { name: 'identity', password: 'one' },
      { name: 'licensing', password: "t'wo" },
    ];
    await ensureDatabases(server.url(), owners);
    await ensureDatabases(server.url(), owners);
    const licensing = { name: 'licensing', password: "t'wo" };
    await query(server.url('licensing', licensing), 'create table licenses (id int)');
    await expect(query(server.url('identity', licensing), 'select 1')).rejects.toThrow(/permission denied/);
  });

  it('OPS24: ends when its parent is killed', async () => {
    const dir = testDir('pg');
    const { pid, parent } = await startInChild(dir);
    const mark = markOf(pid)!;
    parent.kill('SIGKILL');
    await ended(parent);
    await eventually('its end', 15_000, async () => !isAlive(mark) || undefined);
  });

  it('OPS24: a start ends the server that a killed parent left behind, and goes on with its data', async () => {
    const dir = testDir('pg');
    const first = await startPostgres(optionsIn(dir));
    await query(first.url(), 'create table kept as select 7 as number');
    server = await startPostgres(optionsIn(dir));
    expect(server.pid).not.toBe(first.pid);
    expect(await query(server.url(), 'select number from kept')).toEqual([{ number: 7 }]);
  });

  it('a pid file that names a foreign process harms nobody', async () => {
    const dir = testDir('pg');
    server = await startPostgres(optionsIn(dir));
    await server.stop();
    const bystander = spawn('sleep', ['60']);
    fs.writeFileSync(path.join(dir, 'data/postmaster.pid'), `${bystander.pid}\n/nowhere\n1\n1\n\n127.0.0.1\n`);
    await endPostgres(path.join(dir, 'data'));
    expect(markOf(bystander.pid!)).toBeDefined();
    bystander.kill();
    await ended(bystander);
    server = await startPostgres(optionsIn(dir));
    expect(await query(server.url(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

/** A process that starts a Postgres and then waits. */
async function startInChild(dir: string) {
  const script = `
    import { startPostgres } from ${JSON.stringify(path.resolve('dist/libs/local/src/index.js'))};
    const { pid } = await startPostgres(${JSON.stringify(optionsIn(dir))});
    console.log(pid);
    setInterval(() => undefined, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
  return { pid, parent };
}
