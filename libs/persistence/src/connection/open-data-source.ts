import { setTimeout as sleep } from 'node:timers/promises';
import { Log, StartProblem } from '#boot';
import type { PersistenceOptions } from '../persistence-options.js';
import { assertSchema } from '../schema/assert-schema.js';
import { driverErrorOf, isNotNow } from './database-errors.js';
import { PooledDataSource } from './pooled-data-source.js';

const ATTEMPTS = 10;
const PAUSE_MS = 1_000;

/**
 * Connects, waiting a little for a database that is just starting, and refuses one with an older schema.
 * @throws StartProblem when the database is away, does not let us in, or is too old
 */
export async function openDataSource(options: PersistenceOptions, log: Log): Promise<PooledDataSource> {
  const onPoolError = (error: Error): void => log.warn('an idle database connection was lost', { error });
  const dataSource = new PooledDataSource({ ...options, onPoolError });
  await connect(dataSource, options, log);
  try {
    await assertSchema(options.app, dataSource.pool, options.migrations);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  return dataSource;
}

async function connect(dataSource: PooledDataSource, options: PersistenceOptions, log: Log): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await dataSource.initialize();
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !isNotNow(error)) throw problem(error, options);
      log.warn('the database is not there yet', { attempt, reason: driverErrorOf(error).message });
      await sleep(PAUSE_MS);
    }
  }
}

function problem(error: unknown, options: PersistenceOptions): StartProblem {
  const url = new URL(options.url);
  const { code, message } = driverErrorOf(error);
  const fixes: Record<string, string> = {
    '28P01': 'Mend user and password in DATABASE_URL.',
    '28000': 'Mend the user in DATABASE_URL, or let it in by pg_hba.conf.',
    '3D000': `Make the database ${url.pathname.slice(1)}, or mend DATABASE_URL.`,
  };
  return new StartProblem({
    what: `${options.app} cannot use its database at ${url.host}`,
    why: message || String(code),
    fix: fixes[code ?? ''] ?? 'Start Postgres, or mend DATABASE_URL.',
    cause: error,
  });
}
