import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { QuietLogger } from '../connection/quiet-logger.js';
import { baseMigrations } from '../migrations/index.js';
import type { PersistenceOptions } from '../persistence-options.js';

/**
 * Brings a database up to its code: the tables of this lib, then the app's. Whoever comes second waits for the first
 * and finds nothing left to do. The lock dies with its connection, so a killed run blocks nobody.
 * @returns names of the migrations that this call has applied
 */
export async function migrate(options: Pick<PersistenceOptions, 'app' | 'url' | 'migrations'>): Promise<string[]> {
  const lock = new Client({ connectionString: options.url, application_name: `gatehouse-${options.app}-migrate` });
  // A connection that dies while it only holds the lock must not end the process; the unlock will tell.
  lock.on('error', () => undefined);
  await lock.connect();
  try {
    await lock.query(`select pg_advisory_lock(hashtextextended('gatehouse:migrations', 0))`);
    return await applyPending(options);
  } finally {
    await lock.end();
  }
}

async function applyPending(options: Pick<PersistenceOptions, 'app' | 'url' | 'migrations'>): Promise<string[]> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: `gatehouse-${options.app}-migrate`,
    migrations: [...baseMigrations, ...options.migrations],
    installExtensions: false,
    logger: new QuietLogger(),
    poolSize: 2,
    // The step is made once: one that gives up a busy server has to begin anew.
    connectTimeoutMS: 20_000,
    // A change that waits long for a table makes everybody behind it wait too: better to fail and come again.
    extra: { lock_timeout: 5_000 },
  });
  await dataSource.initialize();
  try {
    return (await dataSource.runMigrations({ transaction: 'each' })).map((m) => m.name);
  } finally {
    await dataSource.destroy();
  }
}
