import { Injectable } from '@nestjs/common';
import { Transactions } from '../transactions/transactions.js';
import type { StoredOutboxRow } from './outbox-row.js';

/**
 * Nothing without the lock, which is asked for once, before a row is read. The snapshot is older than the lock: rows
 * that another replica has just published may be seen once more, and the stream drops them by their ids.
 */
const OLDEST_ROWS = `
  with held as materialized (
    select pg_try_advisory_xact_lock(hashtextextended('gatehouse:outbox', 0)) as held
  )
  select o.seq, o.id, o.event, o.key, o.data, o.headers, o.at
  from held cross join lateral (select * from outbox where held.held order by seq limit $1) o
  order by o.seq`;

/** The relay's side of the outbox. */
@Injectable()
export class OutboxRepository {
  constructor(private readonly tx: Transactions) {}

  /**
   * Hands the oldest rows to `publish`, in order, and deletes those whose ids it returns. One replica at a time:
   * another one gets 0 at once. A crash in between publishes again with the same ids, which the stream drops.
   * @param publish resolves with the ids that are safely in the stream; it should take at most 5 s
   * @returns how many rows were claimed; fewer than `limit` means that the outbox was emptied
   */
  claim(limit: number, publish: (rows: StoredOutboxRow[]) => Promise<string[]>): Promise<number> {
    return this.tx.run(async () => {
      const rows = await this.tx.query<StoredOutboxRow>(OLDEST_ROWS, [limit]);
      if (!rows.length) return 0;
      const published = await this.tx.outside(() => publish(rows));
      await this.tx.execute('delete from outbox where id = any($1::uuid[])', [published]);
      return rows.length;
    });
  }

  /** How many events wait, and for how many seconds the oldest one has. */
  async backlog(): Promise<{ rows: number; oldestSeconds: number }> {
    const [row] = await this.tx.query<{ rows: number; oldest: number }>(
      `select count(*)::int as rows,
              coalesce(extract(epoch from clock_timestamp() - min(at)), 0)::float8 as oldest
         from outbox`,
    );
    return { rows: row!.rows, oldestSeconds: row!.oldest };
  }
}
