import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '#boot';
import { Transactions } from '#persistence';
import { MacKeys } from '../keys/mac-keys.service.js';
import { EntriesDigest, GENESIS, sameMac, sealMac, type Seal } from './audit-chain.rules.js';
import { AuditLogRepository } from './audit-log.repository.js';

const EVERY_MS = 1_000;
/** How often the newest seal goes into the log of the process: a witness that no owner of the database can change. */
const WITNESS_MS = 3_600_000;
/** Entries that one seal covers, at most. */
const LARGEST = 1_000;

/** Seals what is new in the audit log, about once a second. Of several replicas one does it at a time. */
@Injectable()
export class AuditSealer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private troubled = false;
  /** The newest seal that this process has seen: a log that ends before it was set back. */
  private seen?: Seal;
  private witnessed = -Infinity;

  constructor(
    private readonly tx: Transactions,
    private readonly stored: AuditLogRepository,
    private readonly keys: MacKeys,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => (this.running ??= this.tick().finally(() => (this.running = undefined))), EVERY_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  get newestSeen(): Seal | undefined {
    return this.seen;
  }

  /** Seals everything that is there, after whoever is at it. @returns how many entries were sealed here */
  seal(): Promise<number> {
    return this.sealAll(() => this.stored.lockSealing());
  }

  private async sealAll(lock: () => Promise<boolean>): Promise<number> {
    for (let sealed = 0; ;) {
      const next = async () => ((await lock()) ? this.sealNext() : 0);
      const count = await this.tx.outside(() => this.tx.run(next));
      sealed += count;
      if (count < LARGEST) return sealed;
    }
  }

  private async tick(): Promise<void> {
    try {
      await this.look();
      // Before its key has come, what is new waits, as everything does.
      if (this.keys.areThere && (await this.stored.hasUnsealed()))
        await this.sealAll(() => this.stored.tryLockSealing());
      this.troubled = false;
    } catch (error) {
      if (!this.troubled) this.log.error('the audit log is not sealed at the moment; what is new waits', { error });
      this.troubled = true;
    }
  }

  /**
   * Whoever could have a shorter log sealed could have any log sealed. What counts is what was seen before the look: a
   * seal may be added while it is under way.
   * @throws Error when the newest seal is older than, or another one than, what was seen here before
   */
  private async look(): Promise<Seal | undefined> {
    const { seen } = this;
    const last = await this.stored.lastSeal();
    const isBehind = seen && (last?.number ?? 0) < seen.number;
    if (isBehind || (seen && last?.number === seen.number && !sameMac(last.mac, seen.mac))) {
      throw new Error(`the audit log was set back behind seal ${seen.number}`);
    }
    if (last) this.note(last);
    return last;
  }

  private note(seal: Seal): void {
    if (seal.number > (this.seen?.number ?? 0)) this.seen = seal;
    if (Date.now() - this.witnessed < WITNESS_MS) return;
    this.witnessed = Date.now();
    this.log.info('the audit log is sealed', {
      seal: seal.number,
      entry: seal.last_seq,
      mac: seal.mac.toString('hex'),
    });
  }

  /** In a transaction that holds the lock. */
  private async sealNext(): Promise<number> {
    const key = this.keys.audit;
    const last = await this.look();
    const entries = await this.stored.entriesAfter(last?.last_seq ?? 0, LARGEST);
    if (entries.length) {
      const digest = entries.reduce((whole, entry) => whole.add(entry), new EntriesDigest()).digest();
      const [first_seq, last_seq] = [Number(entries[0]!.seq), Number(entries.at(-1)!.seq)];
      const next = { number: (last?.number ?? 0) + 1, first_seq, last_seq, digest };
      const seal = { ...next, mac: sealMac(key, last?.mac ?? GENESIS, next) };
      await this.stored.addSeal(seal);
      this.tx.afterCommit(() => this.note(seal));
    }
    return entries.length;
  }
}
