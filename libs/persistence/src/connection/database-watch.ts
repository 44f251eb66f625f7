import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Health, Metrics } from '#boot';
import { DeadLetterRepository } from '../dead-letters/dead-letter.repository.js';
import { OutboxRepository } from '../outbox/outbox.repository.js';
import { PooledDataSource } from './pooled-data-source.js';

/** Tells health and metrics how the database does. */
@Injectable()
export class DatabaseWatch implements OnModuleInit {
  constructor(
    private readonly dataSource: PooledDataSource,
    private readonly health: Health,
    private readonly metrics: Metrics,
    private readonly outbox: OutboxRepository,
    private readonly deadLetters: DeadLetterRepository,
  ) {}

  onModuleInit(): void {
    this.health.register('postgres', () => this.assertPrimary());
    this.measurePool();
    this.measureTables();
  }

  private measurePool(): void {
    const { pool } = this.dataSource;
    this.metrics.gauge('gatehouse_pool_connections', 'Database connections by state', ['state'], (gauge) => {
      gauge.set({ state: 'idle' }, pool.idleCount);
      gauge.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
    });
    this.metrics.gauge('gatehouse_pool_waiting', 'Callers that wait for a database connection', [], (gauge) =>
      gauge.set(pool.waitingCount),
    );
  }

  /** A scrape must succeed without the database; the pool's own metrics then tell why. */
  private measureTables(): void {
    const age = this.metrics.gauge('gatehouse_outbox_oldest_seconds', 'Age of the oldest event that is not published');
    this.metrics.gauge('gatehouse_outbox_rows', 'Events that wait to be published', [], async (gauge) => {
      const backlog = await this.outbox.backlog().catch(() => undefined);
      if (!backlog) return;
      gauge.set(backlog.rows);
      age.set(backlog.oldestSeconds);
    });
    this.metrics.gauge('gatehouse_dead_letters', 'Events that a listener has given up on', [], async (gauge) => {
      const count = await this.deadLetters.count().catch(() => undefined);
      if (count !== undefined) gauge.set(count);
    });
  }

  /** A former primary that came back as a standby takes connections and refuses every write. */
  private async assertPrimary(): Promise<void> {
    const { rows } = await this.dataSource.pool.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
    if (rows[0]!.standby) throw new Error('the database is a standby and takes no writes');
  }
}
