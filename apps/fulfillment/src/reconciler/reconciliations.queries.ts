import { Injectable } from '@nestjs/common';
import type {
  ListReconciliationsRequest,
  ReconciledStore,
  ReconciliationPage,
  ReconciliationSummary,
} from '#contracts';
import { Transactions } from '#persistence';
import { pageOf, readCursor } from '../pages/page-cursor.rules.js';

type Row = Omit<ReconciliationSummary, 'since' | 'finished_at' | 'drifted' | 'stores'> & {
  since: string | null;
  finished_at: Date | null;
  drifted: number | null;
  stores: ReconciledStore[] | null;
};

const asSummary = ({ since, finished_at, drifted, stores, ...row }: Row): ReconciliationSummary => ({
  ...row,
  since: since ?? '',
  finished_at: finished_at?.toISOString() ?? null,
  drifted: drifted ?? 0,
  stores: stores ?? [],
});

/** Looking comparisons up: nobody is told the ids of those that the reconciler makes by itself. */
@Injectable()
export class ReconciliationsQueries {
  constructor(private readonly tx: Transactions) {}

  async page(input: ListReconciliationsRequest): Promise<ReconciliationPage> {
    const { below, limit } = readCursor(input);
    const rows = await this.tx.query<Row>(
      `select id, kind, mode, state, since::text, finished_at, (report -> 'drifted')::int as drifted,
         report -> 'stores' as stores from reconciliations
       where ($1::text is null or kind = $1) and ($2::boolean is not true or (report -> 'drifted')::int > 0)
         and ($3::uuid is null or id < $3)
       order by id desc limit $4`,
      [input.kind ?? null, input.drifted ?? null, below, limit + 1],
    );
    const { rows: shown, next_cursor } = pageOf(rows, limit);
    return { reconciliations: shown.map(asSummary), next_cursor };
  }
}
