import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { DataAppName } from '#contracts';
import { dropDatabase, ensureDatabases } from '#local';
import { testRun } from './run.js';

/** The migration classes of an app, as `apps/<app>/src/migrations/index.ts` exports them. */
export type Migrations = Parameters<typeof import('#persistence').migrate>[0]['migrations'];

export interface TestDatabase {
  /** For the role that owns the database, as the app would get it. */
  url: string;
  query<Row extends object = Record<string, unknown>>(sql: string, params?: unknown[]): Promise<Row[]>;
  /** Ends every session on it and removes it. */
  drop(): Promise<void>;
}

/** A fresh database with the app's tables, on the run's one Postgres. */
export async function testDatabase(app: DataAppName, migrations: Migrations): Promise<TestDatabase> {
  const { migrate } = await import('#persistence');
  const database = await emptyDatabase(app);
  await migrate({ app, url: database.url, migrations });
  return database;
}

/** A fresh database without any table. */
export async function emptyDatabase(prefix: string): Promise<TestDatabase> {
  const { postgresUrl } = testRun();
  const name = `t_${prefix}_${randomBytes(6).toString('hex')}`;
  await ensureDatabases(postgresUrl, [{ name, password: name }]);
  const url = new URL(postgresUrl);
  Object.assign(url, { username: name, password: name, pathname: `/${name}` });
  const pool = new pg.Pool({ connectionString: url.href, max: 4 });
  // A session that is ended while it idles in the pool is no failure of the test.
  pool.on('error', () => undefined);
  return {
    url: url.href,
    query: async (sql, params) => (await pool.query(sql, params as unknown[])).rows,
    drop: async () => {
      await pool.end();
      await dropDatabase(postgresUrl, name);
    },
  };
}
