import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import {
  LicenseIssued,
  ListPublicKeys,
  type ImportBatch,
  type ImportedRow,
  type ImportLicensesRequest,
  type ImportReport,
  type ReadImportRequest,
} from '#contracts';
import type { LicensePublicKey } from '#license-format';
import { Outbox, Transactions } from '#persistence';
import { ImportsRepository } from './imports.repository.js';
import { reportOf } from './import-report.rules.js';
import { inParts } from './sale-blobs.service.js';
import { readIssued, type IssuedElsewhere, type RowVerdict } from './jsonl-row.rules.js';

const DEFAULT_PAGE = 200;
/** Rows that are verified at once; others get their turn in between. */
const TURN = 50;

type Read = { line: number } & RowVerdict;

/** Takes licenses over that another tool has issued: once, reported line by line, and undone as a whole (I1–I6). */
@Injectable()
export class ImportsService {
  constructor(
    private readonly tx: Transactions,
    private readonly bus: Bus,
    private readonly books: ImportsRepository,
    private readonly outbox: Outbox,
  ) {}

  async run(request: ImportLicensesRequest, requestedBy: string): Promise<ImportReport> {
    const read = await this.read(request);
    if (request.dry_run) return reportOf(null, await this.foresee(read));
    return this.tx.run(async () => {
      const id = request.import_id ?? (await this.books.begin('jsonl', request.mail ?? false, requestedBy));
      const batch = await this.books.hold(id);
      const rows = await this.take(batch.id, read, batch.mail);
      await this.books.note(id, rows);
      return reportOf(id, rows);
    });
  }

  async page({ id, after_line = 0, limit = DEFAULT_PAGE }: ReadImportRequest): Promise<ImportBatch> {
    const batch = await this.books.find(id);
    const rows = await this.books.rows(id, after_line, limit);
    const { state, requested_by, started_at } = batch;
    const counts = await this.books.counts(id);
    return { id, dry_run: false, ...counts, rows, state, requested_by, started_at: started_at.toISOString() };
  }

  private async read({ text, first_line = 1 }: ImportLicensesRequest): Promise<Read[]> {
    const keys = await this.keys();
    const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
    const filled = lines.map((line, at) => ({ line, at })).filter(({ line }) => line.trim() !== '');
    const read = async ({ line, at }: { line: string; at: number }): Promise<Read> => ({
      line: first_line + at,
      ...(await readIssued(line, keys)),
    });
    const done: Read[] = [];
    for (const some of inParts(filled, TURN)) done.push(...(await Promise.all(some.map(read))));
    return done;
  }

  /** What an import would do now. */
  private async foresee(read: readonly Read[]): Promise<ImportedRow[]> {
    const { keys, orders } = await this.books.taken(rowsIn(read));
    return read.map((one) => outcomeOf(one, keys, orders));
  }

  private async take(id: string, read: readonly Read[], mail: boolean): Promise<ImportedRow[]> {
    const foreseen = await this.foresee(read);
    const lines = new Set(foreseen.filter((row) => row.outcome === 'added').map((row) => row.line));
    const added = await this.books.add(id, rowsIn(read.filter((one) => lines.has(one.line))));
    if (mail) {
      const told = rowsIn(read).filter(({ license_key }) => added.has(license_key));
      await this.outbox.appendAll(LicenseIssued, told.map(issuedOf));
    }
    return foreseen.map((row) => (row.outcome === 'added' && !added.has(row.license_key!) ? asKnown(row) : row));
  }

  private async keys(): Promise<LicensePublicKey[]> {
    const { keys } = await this.bus.send(ListPublicKeys, {});
    return keys
      .filter(({ purpose }) => purpose === 'license_blob')
      .map(({ kid, state, jwk }) => ({ kid, state, key: String(jwk.x) }));
  }
}

const rowsIn = (read: readonly Read[]): IssuedElsewhere[] => read.flatMap((one) => ('row' in one ? [one.row] : []));

/** As if it had been issued here: it is mailed, and its owner's account is looked for. */
const issuedOf = ({ license_key, tier, gumroad_order_id: order }: IssuedElsewhere) => ({
  data: { license_key, tier, order },
  key: license_key,
});

const asKnown = (row: ImportedRow): ImportedRow => ({ ...row, outcome: 'known' });

/** Notes what it takes, so that the second of two alike in one upload is known, and an order has one license. */
function outcomeOf(one: Read, keys: Set<string>, orders: Set<string>): ImportedRow {
  const { line } = one;
  const plain = { line, code: null, field: null };
  if ('code' in one) return { line, outcome: 'rejected', code: one.code, field: one.field, license_key: null };
  const { license_key, gumroad_order_id } = one.row;
  if (keys.has(license_key)) return { ...plain, outcome: 'known', license_key };
  if (gumroad_order_id !== null && orders.has(gumroad_order_id)) {
    return { ...plain, outcome: 'rejected', code: 'order_taken', field: one.orderField ?? null, license_key };
  }
  keys.add(license_key);
  if (gumroad_order_id !== null) orders.add(gumroad_order_id);
  return { ...plain, outcome: 'added', license_key };
}
