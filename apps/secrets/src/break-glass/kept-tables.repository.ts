import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** What an export holds, in the order in which it can be put back. */
export const KEPT_TABLES = [
  'erased_owners',
  'data_keys',
  'signing_keys',
  'keys_to_destroy',
  'key_certificates',
  'account_closures',
  'streams',
  'stream_keys',
  'chat_sources',
  'connector_revocations',
] as const;
export type KeptTable = (typeof KEPT_TABLES)[number];

/** What comes back into the database that an export is of: whatever else is not there was deleted since. */
export const KEY_TABLES: readonly KeptTable[] = ['erased_owners', 'data_keys'];

export type KeptRow = Record<string, unknown>;

const PAGE = 500;
const NAME = /^[a-z][a-z0-9_]*$/;

/** Whole tables, as they are. */
@Injectable()
export class KeptTablesRepository {
  constructor(private readonly tx: Transactions) {}

  /** Within a transaction, which sees one state of all tables. */
  async *rowsOf(table: KeptTable): AsyncGenerator<KeptRow[]> {
    await this.tx.query(`DECLARE kept_${table} NO SCROLL CURSOR FOR SELECT to_jsonb(t) AS row FROM ${table} t`);
    for (;;) {
      const rows = await this.tx.query<{ row: KeptRow }>(`FETCH ${PAGE} FROM kept_${table}`);
      if (!rows.length) break;
      yield rows.map(({ row }) => row);
    }
    await this.tx.query(`CLOSE kept_${table}`);
  }

  /** Whether the service has worked on this database: it makes keys when it starts. */
  async isInUse(): Promise<boolean> {
    return (await this.tx.query('SELECT 1 FROM data_keys UNION ALL SELECT 1 FROM erased_owners LIMIT 1')).length > 0;
  }

  /** Adds rows that are not there; a data key that is there is wrapped as given. @returns how many */
  async add(table: KeptTable, rows: readonly KeptRow[]): Promise<number> {
    if (!rows.length) return 0;
    const columns = Object.keys(rows[0]!);
    if (!columns.every((column) => NAME.test(column))) throw new Error('an export names columns that there cannot be');
    const again =
      table === 'data_keys'
        ? '(id) DO UPDATE SET kek_id = excluded.kek_id, wrapped = excluded.wrapped, wrapped_at = now()'
        : 'DO NOTHING';
    const { rowCount } = await this.tx.execute(
      `INSERT INTO ${table} (${columns.join()}) SELECT ${columns.join()}
       FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb) ON CONFLICT ${again}`,
      [JSON.stringify(rows)],
    );
    return rowCount ?? 0;
  }

  /** Takes away what belongs to people who were erased: no export brings them back. */
  async deleteErased(): Promise<void> {
    await this.tx.query(
      'DELETE FROM data_keys d USING erased_owners e WHERE d.owner_type = e.owner_type AND d.owner_id = e.owner_id',
    );
    for (const table of ['streams', 'chat_sources', 'account_closures']) {
      await this.tx.query(
        `DELETE FROM ${table} t USING erased_owners e WHERE e.owner_type = 'user' AND t.user_id::text = e.owner_id`,
      );
    }
  }
}
