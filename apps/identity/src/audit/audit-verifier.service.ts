import { Injectable } from '@nestjs/common';
import type { AuditLogReport } from '#contracts';
import { MacKeys } from '../keys/mac-keys.service.js';
import { EntriesDigest, GENESIS, pruneMac, sameMac, sealMac, type Seal } from './audit-chain.rules.js';
import { AuditLogRepository, type CheckedRow } from './audit-log.repository.js';
import { AuditSealer } from './audit-sealer.service.js';

const SEALS = 500;
const ENTRIES = 5_000;

/** Walks the whole log and finds what was changed, taken out, moved or cut off. */
@Injectable()
export class AuditVerifier {
  constructor(
    private readonly stored: AuditLogRepository,
    private readonly keys: MacKeys,
    private readonly sealer: AuditSealer,
  ) {}

  /** @throws Refusal `unavailable` before the key is there */
  async verify(): Promise<AuditLogReport> {
    const newest = this.sealer.newestSeen;
    // A log that cannot be sealed is broken, and where is what is asked.
    await this.sealer.seal().catch(() => 0);
    return this.stored.snapshot(() => new Walk(this.stored, this.keys.audit, newest).run());
  }
}

/** One pass over the log. Whatever is wrong first ends it. */
class Walk {
  private entries = 0;
  private seals = 0;
  private last: Seal | undefined;
  private pruned = 0;

  constructor(
    private readonly stored: AuditLogRepository,
    private readonly key: Buffer,
    private readonly newest: Seal | undefined,
  ) {}

  async run(): Promise<AuditLogReport> {
    const broken_at = (await this.readPrune()) ?? (await this.walk()) ?? this.checkEnd();
    const unsealed = await this.stored.countAfter(this.last?.last_seq ?? 0);
    return { entries: this.entries, seals: this.seals, unsealed, broken_at };
  }

  private async readPrune(): Promise<string | null> {
    const prune = await this.stored.lastPrune();
    if (!prune) return null;
    this.pruned = prune.through_seq;
    return sameMac(pruneMac(this.key, prune.through_seq), prune.mac) ? null : 'the note of what was pruned was changed';
  }

  private async walk(): Promise<string | null> {
    for (;;) {
      const page = await this.stored.sealsAfter(this.last?.number ?? 0, SEALS);
      for (const seal of page) {
        const broken = this.checkSeal(seal) ?? (await this.checkEntries(seal));
        if (broken) return broken;
        this.last = seal;
        this.seals++;
        if (seal.number === this.newest?.number && !sameMac(seal.mac, this.newest.mac)) {
          return `the log up to seal ${seal.number} is not the one that was sealed here`;
        }
      }
      if (page.length < SEALS) return null;
    }
  }

  private checkSeal(seal: Seal): string | null {
    const number = (this.last?.number ?? 0) + 1;
    if (seal.number !== number) return `seal ${number} is missing`;
    if (seal.first_seq !== (this.last?.last_seq ?? 0) + 1) return `seal ${number} does not follow the one before`;
    return sameMac(sealMac(this.key, this.last?.mac ?? GENESIS, seal), seal.mac) ? null : `seal ${number} was changed`;
  }

  private async checkEntries(seal: Seal): Promise<string | null> {
    if (seal.last_seq <= this.pruned) return null;
    const digest = new EntriesDigest();
    let place = seal.first_seq - 1;
    while (place < seal.last_seq) {
      const page = await this.stored.checkedEntries(place, seal.last_seq, ENTRIES);
      for (const entry of page) {
        const broken = this.checkEntry(entry, ++place);
        if (broken) return broken;
        digest.add(entry);
      }
      if (!page.length) return `entry ${place + 1} is missing`;
    }
    this.entries += seal.last_seq - seal.first_seq + 1;
    return sameMac(digest.digest(), seal.digest)
      ? null
      : `an entry from ${seal.first_seq} to ${seal.last_seq} was changed`;
  }

  private checkEntry(entry: CheckedRow, place: number): string | null {
    if (Number(entry.seq) !== place) return `entry ${place} is missing`;
    if (entry.origin_holds === false) return `where entry ${place} came from was changed`;
    return entry.origin_holds === null && entry.has_account ? `where entry ${place} came from was taken out` : null;
  }

  private checkEnd(): string | null {
    if (!this.newest || (this.last?.number ?? 0) >= this.newest.number) return null;
    return `the log was cut off after seal ${this.last?.number ?? 0}`;
  }
}
