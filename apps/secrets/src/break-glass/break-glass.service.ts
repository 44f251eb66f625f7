import fs from 'node:fs';
import { Injectable } from '@nestjs/common';
import { StartProblem } from '#boot';
import { isUniqueViolation, Transactions } from '#persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { contextOf, DataKeysService } from '../kek/data-keys.service.js';
import { Keks } from '../kek/keks.js';
import { AUDIT_KEY } from '../keys/keyring.service.js';
import { KEPT_TABLES, KeptTablesRepository, type KeptRow, type KeptTable } from './kept-tables.repository.js';
import type { Opener, Recipient } from './recipient.js';
import { readSealedFile, SealedFileWriter } from './sealed-file.js';

/** How many rows there were of each table. */
export type Counts = Partial<Record<KeptTable, number>>;

interface Part {
  table: KeptTable;
  rows: KeptRow[];
}

const AT_ONCE = 20;

/** Takes everything out into a sealed file, with its data keys bare inside, and puts it back under another key-encryption key. */
@Injectable()
export class BreakGlass {
  constructor(
    private readonly kept: KeptTablesRepository,
    private readonly keks: Keks,
    private readonly dataKeys: DataKeysService,
    private readonly audit: AuditLog,
    private readonly tx: Transactions,
  ) {}

  /** The file is there when it is whole. @throws StartProblem, Error; Refusal `unavailable` when it cannot be recorded */
  async export(file: string, recipient: Recipient, by: string): Promise<Counts> {
    if (fs.existsSync(file)) throw new Error(`${file} is there already`);
    await this.record('break_glass.export', by);
    const draft = `${file}.${process.pid}.part`;
    const writer = await SealedFileWriter.create(draft, recipient);
    try {
      const counts = await this.tx.run(() => this.write(writer));
      await writer.end({ counts });
      await fs.promises.rename(draft, file);
      return counts;
    } catch (error) {
      await writer.close().catch(() => undefined);
      await fs.promises.rm(draft, { force: true });
      throw error;
    }
  }

  /** All of it or nothing. @throws StartProblem, IntegrityError; Error when the database has other keys */
  import(file: string, opener: Opener, by: string): Promise<Counts> {
    return this.tx.run(async () => {
      const counts: Counts = {};
      for await (const { part, last } of readSealedFile(file, opener)) {
        if (last) continue;
        const { table, rows } = part as Part;
        counts[table] = (counts[table] ?? 0) + (await this.put(table, rows));
      }
      await this.kept.deleteErased();
      await this.record('break_glass.import', by);
      return counts;
    });
  }

  private async write(writer: SealedFileWriter): Promise<Counts> {
    await this.tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const counts: Counts = {};
    for (const table of KEPT_TABLES) {
      for await (const rows of this.kept.rowsOf(table)) {
        await writer.add({ table, rows: table === 'data_keys' ? await this.bare(rows) : rows } satisfies Part);
        counts[table] = (counts[table] ?? 0) + rows.length;
      }
    }
    return counts;
  }

  private put(table: KeptTable, rows: KeptRow[]): Promise<number> {
    if (!KEPT_TABLES.includes(table)) throw new Error('an export names tables that there are not');
    return table === 'data_keys' ? this.putKeys(rows) : this.kept.add(table, rows);
  }

  private async putKeys(rows: KeptRow[]): Promise<number> {
    const wrapped = await eachOf(rows, (row) => this.wrapped(row));
    try {
      return await this.kept.add('data_keys', wrapped);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new StartProblem({
        what: 'The export cannot be put into this database',
        why: 'it has other keys of its own, made by a service that was started on it',
        fix: 'Stop the service and import into a database that has just been migrated, or into the one that the export is of.',
      });
    }
  }

  /** A row with its key as it is, no longer wrapped. */
  private bare(rows: KeptRow[]): Promise<KeptRow[]> {
    return eachOf(rows, async ({ wrapped, kek_id, ...row }) => {
      const stored = { id: String(row.id), kek_id: String(kek_id), wrapped: bytesOf(wrapped) };
      return { ...row, key: (await this.dataKeys.unwrap(stored, ownerOf(row))).toString('base64') };
    });
  }

  private async wrapped({ key, ...row }: KeptRow): Promise<KeptRow> {
    const { current } = this.keks;
    const bytes = await current.wrap(Buffer.from(String(key), 'base64'), contextOf(String(row.id), ownerOf(row)));
    return { ...row, kek_id: current.id, wrapped: `\\x${bytes.toString('hex')}` };
  }

  private async record(action: string, subject: string): Promise<void> {
    this.audit.open((await this.dataKeys.obtain(AUDIT_KEY)).key);
    await this.audit.append({ action, caller: 'operator', subject });
  }
}

const ownerOf = ({ owner_type, owner_id, purpose }: KeptRow) => ({
  ownerType: String(owner_type),
  ownerId: String(owner_id),
  purpose: String(purpose),
});

/** As Postgres writes bytes in JSON. */
const bytesOf = (value: unknown): Buffer => Buffer.from(String(value).slice(2), 'hex');

/** Some at once: each may be a request to a key service. */
async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    done.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  }
  return done;
}
