import { Injectable } from '@nestjs/common';
import type { ImportPage, ImportSummary, ListImportsRequest } from '#contracts';
import { Transactions } from '#persistence';

const PAGE = 20;

type Row = Omit<ImportSummary, 'started_at'> & { started_at: Date };

/** Looking batches up: whoever has lost the id of one could never undo it. */
@Injectable()
export class ImportsQueries {
  constructor(private readonly tx: Transactions) {}

  async page({ cursor, limit = PAGE }: ListImportsRequest): Promise<ImportPage> {
    const rows = await this.tx.query<Row>(
      `SELECT b.id, b.format, b.state, b.mail, b.requested_by, b.started_at, n.added, n.rejected
       FROM (SELECT * FROM import_batches WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2) b,
         LATERAL (SELECT count(*) FILTER (WHERE outcome = 'added')::int AS added,
           count(*) FILTER (WHERE outcome = 'rejected')::int AS rejected FROM import_rows WHERE import_id = b.id) n
       ORDER BY b.id DESC`,
      [cursor ?? null, limit + 1],
    );
    const imports = rows.slice(0, limit).map((row) => ({ ...row, started_at: row.started_at.toISOString() }));
    return { imports, next_cursor: rows.length > limit ? imports.at(-1)!.id : null };
  }
}
