import { Injectable } from '@nestjs/common';
import { NotFound, type ImportedRow, type ImportOutcome } from '#contracts';
import { newId, Transactions } from '#persistence';
import type { IssuedElsewhere } from './jsonl-row.rules.js';

export interface Batch {
  id: string;
  state: 'open' | 'done' | 'undone';
  mail: boolean;
  requested_by: string;
  started_at: Date;
}

const BATCH = 'SELECT id, state, mail, requested_by, started_at FROM import_batches WHERE id = $1';

/** Licenses that one statement undoes: a batch may have more than a statement has time for. */
const MOST_UNDONE = 5_000;
/** Fewer, because each may have an owner whose entitlement is decided again in the same transaction. */
const MOST_RESTORED = 1_000;

type Counts = Record<ImportOutcome, number>;

/** Licenses that came from elsewhere, and the batches that they came in. */
@Injectable()
export class ImportsRepository {
  constructor(private readonly tx: Transactions) {}

  async begin(format: 'jsonl' | 'gumroad_csv', mail: boolean, requestedBy: string): Promise<string> {
    const id = newId();
    await this.tx.query(
      `INSERT INTO import_batches (id, format, dry_run, mail, requested_by, state, finished_at)
       VALUES ($1, $2, false, $3, $4, 'done', now())`,
      [id, format, mail, requestedBy],
    );
    return id;
  }

  /** @throws Refusal `not_found` */
  async find(id: string): Promise<Batch> {
    return found(await this.tx.query<Batch & Record<string, unknown>>(BATCH, [id]));
  }

  /**
   * A batch that is not undone, and will not be until the transaction ends: nothing is added to it afterwards.
   * @throws Refusal `not_found`
   */
  async hold(id: string): Promise<Batch> {
    const batches = await this.tx.query<Batch & Record<string, unknown>>(`${BATCH} FOR SHARE`, [id]);
    return found(batches.filter(({ state }) => state !== 'undone'));
  }

  /** @returns which of the keys or orders there are already */
  async taken(rows: readonly IssuedElsewhere[]): Promise<{ keys: Set<string>; orders: Set<string> }> {
    const found = await this.tx.query<{ license_key: string; gumroad_order_id: string | null }>(
      `SELECT license_key, gumroad_order_id FROM licenses
       WHERE license_key = ANY ($1::text[]) OR gumroad_order_id = ANY ($2::text[])`,
      [rows.map((row) => row.license_key), rows.flatMap((row) => row.gumroad_order_id ?? [])],
    );
    return {
      keys: new Set(found.map((row) => row.license_key)),
      orders: new Set(found.flatMap((row) => row.gumroad_order_id ?? [])),
    };
  }

  /** @returns keys of those that were added; a parallel import may have been faster */
  async add(importId: string, rows: readonly IssuedElsewhere[]): Promise<Set<string>> {
    const added = await this.tx.query<{ license_key: string }>(
      `INSERT INTO licenses (license_key, name, email, tier, issued_at, expires_at, blob, kid, gumroad_order_id, notes, import_id)
       SELECT r.license_key, r.name, r.email, r.tier, r.issued_at, r.expires_at, r.blob, r.kid, r.gumroad_order_id, r.notes, $2
       FROM jsonb_to_recordset($1::jsonb) AS r (license_key text, name text, email text, tier text, issued_at timestamptz,
         expires_at timestamptz, blob text, kid text, gumroad_order_id text, notes text)
       ON CONFLICT DO NOTHING RETURNING license_key`,
      [JSON.stringify(rows), importId],
    );
    return new Set(added.map((row) => row.license_key));
  }

  async note(importId: string, rows: readonly ImportedRow[]): Promise<void> {
    await this.tx.query(
      `INSERT INTO import_rows (import_id, line, outcome, code, field, license_key)
       SELECT $2, r.line, r.outcome, r.code, r.field, r.license_key
       FROM jsonb_to_recordset($1::jsonb) AS r (line integer, outcome text, code text, field text, license_key text)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(rows), importId],
    );
  }

  async counts(importId: string): Promise<Counts> {
    const sql = 'SELECT outcome, count(*)::int AS n FROM import_rows WHERE import_id = $1 GROUP BY outcome';
    const rows = await this.tx.query<{ outcome: ImportOutcome; n: number }>(sql, [importId]);
    const of = (outcome: ImportOutcome): number => rows.find((row) => row.outcome === outcome)?.n ?? 0;
    return {
      ...{ added: of('added'), known: of('known'), revoked: of('revoked') },
      ...{ skipped: of('skipped'), rejected: of('rejected') },
    };
  }

  /** A page of lines; the last one is never cut, however many licenses it made. */
  rows(importId: string, afterLine: number, limit: number): Promise<ImportedRow[]> {
    return this.tx.query<ImportedRow & Record<string, unknown>>(
      `SELECT line, outcome, code, field, license_key FROM import_rows WHERE import_id = $1 AND line > $2
       ORDER BY line FETCH FIRST $3 ROWS WITH TIES`,
      [importId, afterLine, limit],
    );
  }

  /** Ends a batch for good; waits for the parts of it that are under way. */
  async close(importId: string): Promise<void> {
    await this.tx.execute(`UPDATE import_batches SET state = 'undone' WHERE id = $1 AND state <> 'undone'`, [importId]);
  }

  /** Removes some of what the batch has added and nobody has changed or claimed since. @returns how many */
  async removeSome(importId: string): Promise<number> {
    const { rowCount } = await this.tx.execute(
      `DELETE FROM licenses WHERE license_key IN (
         SELECT license_key FROM licenses WHERE import_id = $1 AND user_id IS NULL AND revoked_at IS NULL
           AND suspended_at IS NULL AND renewed_at IS NULL ORDER BY license_key LIMIT $2 FOR UPDATE)`,
      [importId, MOST_UNDONE],
    );
    return rowCount ?? 0;
  }

  /**
   * Some of the licenses that the batch has revoked, each given out once. Those that another has in hand are waited for:
   * it may fail. @returns their keys
   */
  async takeRevoked(importId: string): Promise<string[]> {
    const taken = await this.tx.query<{ license_key: string }>(
      `UPDATE import_rows SET undone_at = now() WHERE import_id = $1 AND (line, license_key) IN (
         SELECT line, license_key FROM import_rows WHERE import_id = $1 AND outcome = 'revoked' AND undone_at IS NULL
         ORDER BY line, license_key LIMIT $2 FOR UPDATE) RETURNING license_key`,
      [importId, MOST_RESTORED],
    );
    return taken.map((row) => row.license_key);
  }
}

function found([batch]: Batch[]): Batch {
  if (!batch) throw NotFound.with('There is no such import.');
  return batch;
}
