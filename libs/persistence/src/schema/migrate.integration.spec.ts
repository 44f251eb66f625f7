import { explain } from '#boot';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { relayed } from '../../../../test/support/relay.js';
import { emptyDatabase, type TestDatabase } from '../../../../test/support/test-database.js';
import { moduleOn } from '../../test/open-persistence.js';
import { migrate } from './migrate.js';

class Things1800000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table things (id uuid primary key default uuidv7())');
    // Long enough for every other run to be waiting at the lock.
    await runner.query('select pg_sleep(0.2)');
  }

  async down(): Promise<void> {}
}

class Broken1800000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table halves (id int)');
    await runner.query('select 1/0');
  }

  async down(): Promise<void> {}
}

describe('migrate on Postgres', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await emptyDatabase('migrate');
  });
  afterEach(() => database.drop());

  const run = (...migrations: (new () => MigrationInterface)[]): Promise<string[]> =>
    migrate({ app: 'identity', url: database.url, migrations });

  it('OPS15: of five at once one applies everything, base tables first, and the others find nothing left', async () => {
    const applied = await Promise.all(Array.from({ length: 5 }, () => run(Things1800000000001)));
    expect(applied.filter((a) => a.length)).toEqual([['Messages1700000000000', 'Things1800000000001']]);
    expect(await database.query('select count(*)::int as n from migrations')).toEqual([{ n: 2 }]);
  });

  it('OPS15: a server that is busy once it is locked is waited for', async () => {
    let asked = 0;
    const url = await relayed(database.url, (near, dial) => {
      const far = dial();
      far.on('error', () => near.destroy()).on('close', () => near.destroy());
      near.on('close', () => far.destroy());
      setTimeout(() => near.pipe(far).pipe(near), asked++ ? 5_500 : 0).unref();
    });
    const options = { app: 'identity', url, migrations: [Things1800000000001] };
    expect(await migrate(options)).toEqual(['Messages1700000000000', 'Things1800000000001']);
  });

  it('leaves nothing of a migration that failed, and keeps the ones before it', async () => {
    await expect(run(Things1800000000001, Broken1800000000002)).rejects.toThrow('division by zero');
    const [row] = await database.query(`select to_regclass('halves') as halves, to_regclass('things')::text as things`);
    expect(row).toEqual({ halves: null, things: 'things' });
    expect(await run(Things1800000000001)).toEqual([]);
  });

  it('OPS15 OPS23: an app refuses to start on an older schema, and says what to do', async () => {
    const start = moduleOn({ url: database.url, migrations: [Things1800000000001] });
    const error = await start.catch((e: unknown) => e);
    expect(explain(error)).toBe(
      'The database of identity is older than this version of identity: ' +
        '2 migrations are missing: Messages1700000000000, Things1800000000001.\n' +
        'Run `npm run migrate` (in Kubernetes: the migration job of this release) and start again.\n',
    );
  });

  it('REL6: an app starts on a newer schema', async () => {
    await run(Things1800000000001);
    await (await moduleOn({ url: database.url })).close();
  });

  it('OPS23: a wrong password is told at once, without it', async () => {
    const url = database.url.replace(/:[^:@]+@/, ':canary@');
    const error = await moduleOn({ url }).catch((e: unknown) => e);
    expect(explain(error)).toContain('Mend user and password in DATABASE_URL.');
    expect(explain(error)).not.toContain('canary');
  });
});
