import pg from 'pg';
import { eventually } from './eventually.js';
import type { TestDatabase } from './test-database.js';

/** Finds something when anybody waits for a lock in the database that is asked. */
export const WAITING = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
const PATIENCE_MS = 60_000;

/**
 * Acts while somebody else is changing rows, who is done once the act waits for them; an act that waits for nobody is
 * over before.
 * @param change the statement of the other one's transaction
 */
export async function whileHeld<T>(
  { url, query }: TestDatabase,
  change: { sql: string; params: unknown[] },
  act: () => Promise<T>,
): Promise<T> {
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query(change.sql, change.params);
    let over = false;
    const acting = act().finally(() => (over = true));
    // It is heard below.
    acting.catch(() => undefined);
    // Asked by somebody else: within a transaction Postgres goes on showing the connections of the first look.
    const waits = async () => over || (await query(WAITING)).length > 0 || undefined;
    await eventually('the act to wait or to be over', PATIENCE_MS, waits);
    await other.query('COMMIT');
    return await acting;
  } finally {
    await other.end();
  }
}
