import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { AuditRow, Seal } from './audit-chain.rules.js';

/** A sealed or unsealed entry with what verification asks beyond its seal. */
export interface CheckedRow extends AuditRow {
  /** Whether what is personal in it is as it was written; null when it was blanked. */
  origin_holds: boolean | null;
  /** Whether the account whose it is, is still there. */
  has_account: boolean;
}

interface StoredSeal {
  number: string;
  first_seq: string;
  last_seq: string;
  digest: Buffer;
  mac: Buffer;
}

const SEALING = `hashtextextended('gatehouse:audit-seals', 0)`;

const SEALED_COLUMNS = `seq, id, at, event, subject, actor, caller, client_id, session_id, request_id, factors, cause,
  data::text AS data, origin_digest`;

const sealOf = (s: StoredSeal): Seal => ({
  ...s,
  number: Number(s.number),
  first_seq: Number(s.first_seq),
  last_seq: Number(s.last_seq),
});

/** The audit log as its keeper sees it: `audit_log`, `audit_seals`, `audit_prunes`. Entries are written by the database. */
@Injectable()
export class AuditLogRepository {
  constructor(private readonly tx: Transactions) {}

  /** Holds until the transaction ends; another one who is at it is waited for. */
  async lockSealing(): Promise<true> {
    await this.tx.query(`SELECT pg_advisory_xact_lock(${SEALING})`);
    return true;
  }

  /** The same without waiting. @returns false when another one is at it */
  async tryLockSealing(): Promise<boolean> {
    const [row] = await this.tx.query<{ held: boolean }>(`SELECT pg_try_advisory_xact_lock(${SEALING}) AS held`);
    return row!.held;
  }

  async lastSeal(): Promise<Seal | undefined> {
    const rows = await this.tx.query<StoredSeal & { [column: string]: unknown }>(
      'SELECT number, first_seq, last_seq, digest, mac FROM audit_seals ORDER BY number DESC LIMIT 1',
    );
    return rows[0] && sealOf(rows[0]);
  }

  /** Whether there is anything after the last seal. */
  async hasUnsealed(): Promise<boolean> {
    const [row] = await this.tx.query<{ unsealed: boolean }>(
      `SELECT (SELECT coalesce(max(seq), 0) FROM audit_log)
         > (SELECT coalesce(max(last_seq), 0) FROM audit_seals WHERE number = (SELECT max(number) FROM audit_seals))
         AS unsealed`,
    );
    return row!.unsealed;
  }

  entriesAfter(seq: number, limit: number): Promise<(AuditRow & { [column: string]: unknown })[]> {
    return this.tx.query(`SELECT ${SEALED_COLUMNS} FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT $2`, [seq, limit]);
  }

  async addSeal(seal: Seal): Promise<void> {
    await this.tx.query(
      'INSERT INTO audit_seals (number, first_seq, last_seq, digest, mac, at) VALUES ($1, $2, $3, $4, $5, now())',
      [seal.number, seal.first_seq, seal.last_seq, seal.digest, seal.mac],
    );
  }

  async sealsAfter(number: number, limit: number): Promise<Seal[]> {
    const rows = await this.tx.query<StoredSeal & { [column: string]: unknown }>(
      'SELECT number, first_seq, last_seq, digest, mac FROM audit_seals WHERE number > $1 ORDER BY number LIMIT $2',
      [number, limit],
    );
    return rows.map(sealOf);
  }

  /** Entries with what else has to hold, between two places. */
  checkedEntries(after: number, through: number, limit: number): Promise<(CheckedRow & { [c: string]: unknown })[]> {
    return this.tx.query(
      `SELECT ${SEALED_COLUMNS},
         CASE WHEN origin_digest IS NULL THEN true
           WHEN salt IS NOT NULL THEN audit_origin_digest(salt, ip, user_agent, note) = origin_digest END AS origin_holds,
         EXISTS (SELECT 1 FROM audit_subjects s WHERE s.subject = coalesce(l.actor, l.subject)) AS has_account
       FROM audit_log l WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3`,
      [after, through, limit],
    );
  }

  async countAfter(seq: number): Promise<number> {
    const [row] = await this.tx.query<{ n: string }>('SELECT count(*) AS n FROM audit_log WHERE seq > $1', [seq]);
    return Number(row!.n);
  }

  /** The last place of the newest seal whose entries are all older than that. */
  async prunableThrough(days: number): Promise<number | undefined> {
    const [row] = await this.tx.query<{ last_seq: string | null }>(
      `SELECT max(last_seq) AS last_seq FROM audit_seals WHERE at < now() - make_interval(days => $1)`,
      [days],
    );
    return row?.last_seq === null ? undefined : Number(row!.last_seq);
  }

  async lastPrune(): Promise<{ through_seq: number; mac: Buffer } | undefined> {
    const [row] = await this.tx.query<{ through_seq: string; mac: Buffer }>(
      'SELECT through_seq, mac FROM audit_prunes ORDER BY through_seq DESC LIMIT 1',
    );
    return row && { through_seq: Number(row.through_seq), mac: row.mac };
  }

  async addPrune(throughSeq: number, mac: Buffer): Promise<void> {
    await this.tx.query(
      'INSERT INTO audit_prunes (through_seq, mac, at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING',
      [throughSeq, mac],
    );
  }

  /** @returns how many went */
  async prune(throughSeq: number, limit: number): Promise<number> {
    const { rowCount } = await this.tx.execute(
      `DELETE FROM audit_log WHERE seq IN (
         SELECT seq FROM audit_log WHERE seq <= $1 ORDER BY seq LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [throughSeq, limit],
    );
    return rowCount ?? 0;
  }

  /** Does `work` on one and the same state of the database. */
  snapshot<T>(work: () => Promise<T>): Promise<T> {
    return this.tx.run(async () => {
      await this.tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      return work();
    });
  }
}
