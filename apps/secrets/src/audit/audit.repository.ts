import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { AuditHead, ChainedEntry } from './audit-chain.rules.js';

export interface StoredHead {
  chain: string;
  number: string;
  seq: string;
  tail: Buffer;
  mac: Buffer;
}

export interface StoredEntry {
  chain: string;
  seq: string;
  at: Date;
  action: string;
  caller: string;
  kid: string | null;
  subject: string | null;
  request_id: string | null;
  mac: Buffer;
}

/** Rows of the audit log are added and read here, and in no way changed. */
@Injectable()
export class AuditRepository {
  constructor(private readonly tx: Transactions) {}

  async nextNumber(): Promise<number> {
    const [row] = await this.tx.query<{ next: string }>('SELECT coalesce(max(number), 0) + 1 AS next FROM audit_heads');
    return Number(row!.next);
  }

  /** @returns false when another process took the number */
  async openChain(head: AuditHead, mac: Buffer): Promise<boolean> {
    const rows = await this.tx.query(
      `INSERT INTO audit_heads (chain, number, seq, tail, mac) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (number) DO NOTHING RETURNING chain`,
      [head.chain, head.number, head.seq, head.tail, mac],
    );
    return rows.length === 1;
  }

  /**
   * Adds entries and moves the head, in one statement.
   * @returns how many were added: none when the chain does not end where its writer left it
   */
  async append(before: AuditHead, after: AuditHead, mac: Buffer, entries: readonly ChainedEntry[]): Promise<number> {
    const of = <T>(pick: (e: ChainedEntry) => T): T[] => entries.map(pick);
    const [row] = await this.tx.query<{ added: number }>(
      `WITH head AS (
         UPDATE audit_heads SET seq = $3, tail = $4, mac = $5 WHERE chain = $1 AND seq = $2 AND tail = $6 RETURNING chain
       ), added AS (
         INSERT INTO audit_log (chain, seq, at, action, caller, kid, subject, request_id, mac)
         SELECT head.chain, e.* FROM head, unnest($7::bigint[], $8::timestamptz[], $9::text[], $10::text[],
           $11::text[], $12::text[], $13::text[], $14::bytea[]) AS e
         RETURNING 1
       ) SELECT count(*)::int AS added FROM added`,
      [
        before.chain,
        before.seq,
        after.seq,
        after.tail,
        mac,
        before.tail,
        of((e) => e.seq),
        of((e) => e.at.toISOString()),
        of((e) => e.action),
        of((e) => e.caller),
        of((e) => e.kid ?? null),
        of((e) => e.subject ?? null),
        of((e) => e.requestId ?? null),
        of((e) => e.mac),
      ],
    );
    return row!.added;
  }

  heads(): Promise<StoredHead[]> {
    return this.tx.query('SELECT chain, number, seq, tail, mac FROM audit_heads ORDER BY chain');
  }

  /** Up to `limit` entries of all chains in the order of chain and number, after the given place. */
  entriesAfter(chain: string, seq: string, limit: number): Promise<StoredEntry[]> {
    return this.tx.query(
      `SELECT chain, seq, at, action, caller, kid, subject, request_id, mac FROM audit_log
       WHERE (chain, seq) > ($1::uuid, $2::bigint) ORDER BY chain, seq LIMIT $3`,
      [chain, seq, limit],
    );
  }

  /** Does `work` on one and the same state of the database. */
  snapshot<T>(work: () => Promise<T>): Promise<T> {
    return this.tx.outside(() =>
      this.tx.run(async () => {
        await this.tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
        return work();
      }),
    );
  }
}
