import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { OwnedDataKey } from '../kek/data-keys.repository.js';

/** A data key, wrapped anew. */
export interface Rewrapped {
  id: string;
  before: Buffer;
  wrapped: Buffer;
}

/** What is still to be wrapped anew: by another key, or before the rotation that is under way. */
const STALE = `(kek_id <> $1
  OR wrapped_at < (SELECT max(started_at) FROM kek_rotations WHERE finished_at IS NULL))`;

/** Data keys as the rotation of the key-encryption key sees them. */
@Injectable()
export class WrappedKeysRepository {
  constructor(private readonly tx: Transactions) {}

  /** Whether this transaction, of all replicas', is the one that works. */
  async isMyTurn(): Promise<boolean> {
    const [row] = await this.tx.query<{ mine: boolean }>(
      "SELECT pg_try_advisory_xact_lock(hashtextextended('data_keys.rewrap', 0)) AS mine",
    );
    return row!.mine;
  }

  /** The next ones to be wrapped anew, after `id`. */
  staleAfter(id: string, kekId: string, limit: number): Promise<OwnedDataKey[]> {
    return this.tx.query(
      `SELECT id, kek_id, wrapped, owner_type, owner_id, purpose FROM data_keys
       WHERE id > $2 AND ${STALE} ORDER BY id LIMIT $3`,
      [kekId, id, limit],
    );
  }

  /** Keeps them, but for those that somebody else was faster with. */
  async rewrap(kekId: string, keys: readonly Rewrapped[]): Promise<void> {
    await this.tx.query(
      `UPDATE data_keys d SET kek_id = $1, wrapped = n.wrapped, wrapped_at = now()
       FROM unnest($2::uuid[], $3::bytea[], $4::bytea[]) AS n (id, before, wrapped)
       WHERE d.id = n.id AND d.wrapped = n.before`,
      [kekId, keys.map((k) => k.id), keys.map((k) => k.before), keys.map((k) => k.wrapped)],
    );
  }

  async begin(kekId: string): Promise<void> {
    await this.tx.query('INSERT INTO kek_rotations (kek_id) VALUES ($1) ON CONFLICT DO NOTHING', [kekId]);
  }

  /**
   * Whether everything is to be wrapped by that key: it was ordered last, or nobody has heard of it yet. While replicas
   * are being replaced some are told of the key before; they would undo what the others do.
   */
  async isTarget(kekId: string): Promise<boolean> {
    const [row] = await this.tx.query<{ target: boolean }>(
      `WITH heard AS (
         INSERT INTO kek_rotations (kek_id)
         SELECT $1::text WHERE NOT EXISTS (SELECT 1 FROM kek_rotations WHERE kek_id = $1)
         ON CONFLICT DO NOTHING RETURNING kek_id
       )
       SELECT coalesce(
         (SELECT kek_id FROM heard),
         (SELECT kek_id FROM kek_rotations WHERE kek_id IS NOT NULL ORDER BY started_at DESC LIMIT 1)
       ) = $1 AS target`,
      [kekId],
    );
    return row!.target;
  }

  /** Notes that nothing is left, unless there is: another rotation may have been ordered since that was looked for. */
  async finish(kekId: string): Promise<void> {
    await this.tx.query(
      `UPDATE kek_rotations SET finished_at = now()
       WHERE finished_at IS NULL AND NOT EXISTS (SELECT 1 FROM data_keys WHERE ${STALE})`,
      [kekId],
    );
  }

  async remaining(kekId: string): Promise<number> {
    const [row] = await this.tx.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM data_keys WHERE ${STALE}`,
      [kekId],
    );
    return row!.count;
  }

  wrappedBy(): Promise<{ kek: string; data_keys: number }[]> {
    return this.tx.query('SELECT kek_id AS kek, count(*)::int AS data_keys FROM data_keys GROUP BY kek_id ORDER BY 1');
  }

  async rotatingSince(): Promise<Date | null> {
    const [row] = await this.tx.query<{ since: Date | null }>(
      'SELECT max(started_at) AS since FROM kek_rotations WHERE finished_at IS NULL',
    );
    return row!.since;
  }

  /** Does `work` in one transaction. */
  together<T>(work: () => Promise<T>): Promise<T> {
    return this.tx.run(work);
  }

  /** People's keys that seal no more from now on, up to `limit`. @returns how many */
  async retire(ownerId: string | undefined, olderThanDays: number, limit: number): Promise<number> {
    const rows = await this.tx.query(
      `UPDATE data_keys SET state = 'retired'
       WHERE id IN (SELECT id FROM data_keys
         WHERE owner_type = 'user' AND state = 'active' AND ($1::text IS NULL OR owner_id = $1)
           AND created_at <= now() - make_interval(days => $2) ORDER BY id LIMIT $3 FOR NO KEY UPDATE)
       RETURNING id`,
      [ownerId ?? null, olderThanDays, limit],
    );
    return rows.length;
  }
}
