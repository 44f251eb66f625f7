import { Injectable } from '@nestjs/common';
import { newId, Transactions } from '#persistence';

/** One person's way out: closed, being erased, erased. */
export interface ErasureRow {
  id: string;
  /** Nobody's once it is completed. */
  user_id: string | null;
  state: 'waiting' | 'erasing' | 'erased';
  requested_at: Date;
  due_at: Date;
  acknowledged: string[];
  told: number;
  erased_at: Date | null;
}

/** An erasure that is not completed. */
export interface OpenErasure {
  id: string;
  user_id: string;
}

const COLUMNS = 'id, user_id, state, requested_at, due_at, acknowledged, told, erased_at';

/** Erasures: table `account_erasures`. It knows people by their ids only. */
@Injectable()
export class ErasuresRepository {
  constructor(private readonly tx: Transactions) {}

  /** @returns when it is due, by the clock by which it is begun */
  async schedule(userId: string, graceDays: number): Promise<Date> {
    const [row] = await this.tx.query<{ due_at: Date }>(
      `INSERT INTO account_erasures (id, user_id, state, due_at)
       VALUES ($1, $2, 'waiting', now() + make_interval(days => $3)) RETURNING due_at`,
      [newId(), userId, graceDays],
    );
    return row!.due_at;
  }

  /** @returns false when it has begun, or its time has come */
  async cancel(userId: string): Promise<boolean> {
    const rows = await this.tx.query(
      `DELETE FROM account_erasures WHERE user_id = $1 AND state = 'waiting' AND due_at > now() RETURNING id`,
      [userId],
    );
    return rows.length > 0;
  }

  /** Gives up those whose account staff has opened again. */
  async dropReopened(): Promise<void> {
    await this.tx.query(
      `DELETE FROM account_erasures e USING website_users u
       WHERE e.state = 'waiting' AND e.due_at <= now() AND u.id = e.user_id AND u.deleted_at IS NULL`,
    );
  }

  /** Those whose time has come, the oldest first. */
  async due(): Promise<string[]> {
    const rows = await this.tx.query<{ id: string }>(
      `SELECT id FROM account_erasures WHERE state = 'waiting' AND due_at <= now() ORDER BY due_at, id`,
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Begins one that is due, unless another replica is at it. The account is held: it cannot be opened again by anybody
   * while it is being emptied. Who is changing it just now (that its owner was seen, say) is waited for.
   */
  async begin(id: string): Promise<OpenErasure | undefined> {
    const [row] = await this.tx.query<OpenErasure & { [column: string]: unknown }>(
      `UPDATE account_erasures SET state = 'erasing', begun_at = now(), told_at = now(), told = 1
       WHERE id = (SELECT e.id FROM account_erasures e JOIN website_users u ON u.id = e.user_id
                   WHERE e.id = $1 AND e.state = 'waiting' AND e.due_at <= now() AND u.deleted_at IS NOT NULL
                   FOR UPDATE OF e SKIP LOCKED FOR UPDATE OF u)
       RETURNING id, user_id`,
      [id],
    );
    return row;
  }

  /** Those that were told before and that somebody has not acknowledged yet. */
  async unanswered(toldBefore: Date): Promise<string[]> {
    const rows = await this.tx.query<{ id: string }>(
      `SELECT id FROM account_erasures WHERE state = 'erasing' AND told_at < $1 ORDER BY told_at, id`,
      [toldBefore],
    );
    return rows.map(({ id }) => id);
  }

  /** Takes one of those, unless it was told or completed meanwhile. */
  async tellAgain(id: string, toldBefore: Date): Promise<OpenErasure | undefined> {
    const [row] = await this.tx.query<OpenErasure & { [column: string]: unknown }>(
      `UPDATE account_erasures SET told_at = now(), told = told + 1
       WHERE id = $1 AND state = 'erasing' AND told_at < $2 RETURNING id, user_id`,
      [id, toldBefore],
    );
    return row;
  }

  /** Notes an acknowledgement; those of one erasure take turns. @returns it while it is not completed */
  async acknowledge(id: string, app: string): Promise<(ErasureRow & OpenErasure) | undefined> {
    const [row] = await this.tx.query<ErasureRow & OpenErasure & { [column: string]: unknown }>(
      `UPDATE account_erasures
       SET acknowledged = CASE WHEN $2 = ANY (acknowledged) THEN acknowledged ELSE acknowledged || $2::text END
       WHERE id = $1 AND state = 'erasing' RETURNING ${COLUMNS}`,
      [id, app],
    );
    return row;
  }

  async complete(id: string): Promise<void> {
    await this.tx.query(
      `UPDATE account_erasures SET state = 'erased', erased_at = now(), user_id = NULL WHERE id = $1`,
      [id],
    );
  }

  /** An erasure that has begun and is not completed. */
  async findOpen(id: string): Promise<OpenErasure | undefined> {
    const sql = `SELECT id, user_id FROM account_erasures WHERE id = $1 AND state = 'erasing'`;
    return (await this.tx.query<OpenErasure & { [column: string]: unknown }>(sql, [id]))[0];
  }

  /** Newest first. */
  async page(state: string | undefined, after: string | undefined): Promise<ErasureRow[]> {
    return this.tx.query<ErasureRow & { [column: string]: unknown }>(
      `SELECT ${COLUMNS} FROM account_erasures
       WHERE ($1::text IS NULL OR state = $1) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT 200`,
      [state ?? null, after ?? null],
    );
  }
}
