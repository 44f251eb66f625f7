import type { Health, Metrics } from '#boot';
import type { Pool } from 'pg';
import type { DeadLetterRepository } from '../dead-letters/dead-letter.repository.js';
import type { OutboxRepository } from '../outbox/outbox.repository.js';

/** Tells health and metrics how the database does. */
export function watchDatabase(
  pool: Pool,
  health: Health,
  metrics: Metrics,
  tables: { outbox: OutboxRepository; deadLetters: DeadLetterRepository },
): void {
  health.register('postgres', () => assertPrimary(pool));
  metrics.gauge('gatehouse_pool_connections', 'Database connections by state', ['state'], (gauge) => {
    gauge.set({ state: 'idle' }, pool.idleCount);
    gauge.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
  });
  metrics.gauge('gatehouse_pool_waiting', 'Callers that wait for a database connection', [], (gauge) =>
    gauge.set(pool.waitingCount),
  );
  const age = metrics.gauge('gatehouse_outbox_oldest_seconds', 'Age of the oldest event that waits to be published');
  metrics.gauge('gatehouse_outbox_rows', 'Events that wait to be published', [], async (gauge) => {
    // A scrape must succeed without the database; the pool's own metrics then tell why.
    const backlog = await tables.outbox.backlog().catch(() => undefined);
    if (!backlog) return;
    gauge.set(backlog.rows);
    age.set(backlog.oldestSeconds);
  });
  metrics.gauge('gatehouse_dead_letters', 'Events that a listener has given up on', [], async (gauge) => {
    const count = await tables.deadLetters.count().catch(() => undefined);
    if (count !== undefined) gauge.set(count);
  });
}

/** A former primary that came back as a standby takes connections and refuses every write. */
async function assertPrimary(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
  if (rows[0]!.standby) throw new Error('the database is a standby and takes no writes');
}
