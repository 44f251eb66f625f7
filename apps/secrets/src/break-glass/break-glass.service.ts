import fs from 'node:fs';
import { Injectable } from '@nestjs/common';
import { StartProblem } from '#boot';
import { isUniqueViolation, Transactions } from '#persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { DataKeysService } from '../kek/data-keys.service.js';
import { AUDIT_KEY } from '../keys/keyring.service.js';
import {
  KEPT_TABLES,
  KEY_TABLES,
  KeptTablesRepository,
  type KeptRow,
  type KeptTable,
} from './kept-tables.repository.js';
import type { Opener, Recipient } from './recipient.js';
import { readSealedFile, SealedFileWriter } from './sealed-file.js';

/** How many rows there were of each table. */
export type Counts = Partial<Record<KeptTable, number>>;

/** What went out or came in, and by what the file is known again: its SHA-256, in hex. */
export interface Moved {
  counts: Counts;
  sha256: string;
}

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
    private readonly dataKeys: DataKeysService,
    private readonly audit: AuditLog,
    private readonly tx: Transactions,
  ) {}

  /** The file is there when it is whole. @throws StartProblem, Error; Refusal `unavailable` when it cannot be recorded */
  async export(file: string, recipient: Recipient, by: string): Promise<Moved> {
    if (fs.existsSync(file)) throw new Error(`${file} is there already`);
    await this.record('break_glass.export', by);
    const draft = `${file}.${process.pid}.part`;
    const writer = await SealedFileWriter.create(draft, recipient);
    try {
      const counts = await this.tx.run(() => this.write(writer));
      const sha256 = await writer.end({ counts });
      await this.tell('break_glass.exported', sha256);
      await fs.promises.rename(draft, file);
      return { counts, sha256 };
    } catch (error) {
      await writer.close().catch(() => undefined);
      await fs.promises.rm(draft, { force: true });
      throw error;
    }
  }

  /**
   * All of it or nothing into an empty database; into the one that it is of the keys of what is still there, and nothing
   * else: what was deleted since stays so.
   * @param digest of the very file that was exported
   * @throws StartProblem, IntegrityError; Error when the database has other keys
   */
  import(file: string, opener: Opener, by: string, digest?: string): Promise<Moved> {
    return this.tx.run(async () => {
      const wanted = (await this.kept.isInUse()) ? KEY_TABLES : KEPT_TABLES;
      const moved = await this.read(readSealedFile(file, opener, digest), wanted);
      await this.kept.deleteErased();
      await this.record('break_glass.import', by);
      await this.tell('break_glass.imported', moved.sha256);
      return moved;
    });
  }

  private async read(parts: ReturnType<typeof readSealedFile>, wanted: readonly KeptTable[]): Promise<Moved> {
    const counts: Counts = {};
    for (;;) {
      const { value, done } = await parts.next();
      if (done) return { counts, sha256: value };
      if (value.last) continue;
      const { table, rows } = value.part as Part;
      if (!KEPT_TABLES.includes(table)) throw new Error('an export names tables that there are not');
      if (!wanted.includes(table)) continue;
      counts[table] = (counts[table] ?? 0) + (await this.put(table, rows));
    }
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
    const bytes = Buffer.from(String(key), 'base64');
    const { kek_id, wrapped } = await this.dataKeys.wrap(String(row.id), ownerOf(row), bytes);
    bytes.fill(0);
    return { ...row, kek_id, wrapped: `\\x${wrapped.toString('hex')}` };
  }

  private async record(action: string, subject: string): Promise<void> {
    this.audit.open((await this.dataKeys.obtain(AUDIT_KEY)).key);
    await this.tell(action, subject);
  }

  /** Once something was recorded, and the log is open. */
  private async tell(action: string, subject: string): Promise<void> {
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
