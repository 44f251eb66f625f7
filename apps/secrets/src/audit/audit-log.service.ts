import { Injectable } from '@nestjs/common';
import { Log, Metrics } from '#boot';
import { Refusal, Sealed, Unavailable } from '#contracts';
import { newId, Transactions } from '#persistence';
import { entryMac, GENESIS, headMac, type AuditEntry, type AuditHead, type ChainedEntry } from './audit-chain.rules.js';
import { AuditRepository } from './audit.repository.js';

interface Waiting {
  entry: AuditEntry;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const LARGEST_BATCH = 500;

/**
 * The log of every use of a key. This process writes one chain of its own; entries that come while an insert is under
 * way share the next one, so that the log costs a fraction of a commit for each.
 */
@Injectable()
export class AuditLog {
  private key?: Buffer;
  private head?: AuditHead;
  private waiting: Waiting[] = [];
  private writing = false;
  private readonly batches;

  constructor(
    private readonly stored: AuditRepository,
    private readonly tx: Transactions,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.batches = metrics.histogram(
      'gatehouse_audit_batch_entries',
      'Entries that shared one insert into the audit log.',
      [],
      [1, 2, 5, 10, 20, 50, 100, 200, 500],
    );
  }

  /** @param key 32 bytes that authenticate the chains */
  open(key: Buffer): void {
    this.key = key;
  }

  /** Forgets the key; nothing is written until it is there again. */
  close(): void {
    this.key?.fill(0);
    this.key = undefined;
    this.head = undefined;
  }

  /** The key of the chains. @throws Refusal `sealed` before they are open */
  get chainKey(): Buffer {
    if (!this.key) throw Sealed.with();
    return this.key;
  }

  /** Where this process' chain ends, once it has one. */
  get ownHead(): AuditHead | undefined {
    return this.head;
  }

  /**
   * Resolves when the entry is committed, whatever becomes of the transaction that is open here.
   * @throws Refusal `sealed`; `unavailable` when it could not be written: then nothing may leave
   */
  append(entry: AuditEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ entry, resolve, reject });
      if (this.writing) return;
      this.writing = true;
      // Entries of the same turn of the event loop go together. The writer belongs to no one's transaction.
      this.tx.outside(() => setImmediate(() => void this.writeAll()));
    });
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length) {
      const batch = this.waiting.splice(0, LARGEST_BATCH);
      try {
        await this.write(batch.map((w) => w.entry));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // Whether it was committed is not known. A new chain leaves the old one as it is.
        this.head = undefined;
        const refusal = refusalFor(error);
        if (!refusal.is(Sealed)) {
          this.log.error('uses of keys could not be recorded; nothing was handed out', {
            error,
            entries: batch.length,
          });
        }
        for (const { reject } of batch) reject(refusal);
      }
    }
    this.writing = false;
  }

  private async write(entries: readonly AuditEntry[]): Promise<void> {
    const before = (this.head ??= await this.startChain());
    const chained = this.chain(before, entries);
    const after = { ...before, seq: before.seq + entries.length, tail: chained.at(-1)!.mac };
    const added = await this.stored.append(before, after, headMac(this.chainKey, after), chained);
    if (added !== entries.length) throw new Error(`the audit chain ${before.chain} was changed from outside`);
    this.head = after;
    this.batches.observe(entries.length);
  }

  private chain(head: AuditHead, entries: readonly AuditEntry[]): ChainedEntry[] {
    const at = new Date();
    let { seq, tail } = head;
    return entries.map((entry) => {
      const placed = { ...entry, seq: ++seq, at };
      tail = entryMac(this.chainKey, head.chain, tail, placed);
      return { ...placed, mac: tail };
    });
  }

  private async startChain(): Promise<AuditHead> {
    for (;;) {
      const head = { chain: newId(), number: await this.stored.nextNumber(), seq: 0, tail: GENESIS };
      if (await this.stored.openChain(head, headMac(this.chainKey, head))) return head;
    }
  }
}

/** Whoever sealed the service knows what to do about it; everything else may be over in a moment. */
const refusalFor = (error: unknown): Refusal =>
  error instanceof Refusal && error.is(Sealed)
    ? error
    : Unavailable.with({ detail: 'The use of a key cannot be recorded at the moment.', retry_after: 1 });
