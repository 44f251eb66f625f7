import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import type { AuditReport } from '#contracts';
import { driverErrorOf } from '#persistence';
import { entryMac, GENESIS, headMac, sameMac, type AuditHead } from './audit-chain.rules.js';
import { AuditLog } from './audit-log.service.js';
import { AuditRepository, type StoredEntry, type StoredHead } from './audit.repository.js';

const PAGE = 5_000;
/** What Postgres says when a table, a column or a right is missing, or what is on the disk is damaged. */
const UNREADABLE = /^(42|XX)/;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Walks every chain and finds what was changed, taken out, moved or cut off. */
@Injectable()
export class AuditVerifier {
  constructor(
    private readonly audit: AuditLog,
    private readonly stored: AuditRepository,
    private readonly log: Log,
  ) {}

  /** @throws Refusal `sealed`; `unavailable` when it can be read at another time */
  async verify(): Promise<AuditReport> {
    const key = this.audit.chainKey;
    const own = this.audit.ownHead;
    return this.stored.snapshot(() => this.read(key, own)).catch((error: unknown) => this.unreadable(error));
  }

  private async read(key: Buffer, own?: AuditHead): Promise<AuditReport> {
    const heads = await this.stored.heads();
    const walk = new ChainWalk(key, heads);
    const broken_at = walk.checkHeads(own) ?? (await this.walkAll(walk)) ?? walk.finish();
    return { chains: heads.length, entries: walk.entries, broken_at };
  }

  /** Of what cannot be read at all nothing can be said but that it is not whole. */
  private unreadable(error: unknown): AuditReport {
    if (!UNREADABLE.test(driverErrorOf(error)?.code ?? '')) throw error;
    this.log.error('the audit log cannot be read', { audit: 'integrity', error });
    return { chains: 0, entries: 0, broken_at: 'the log itself, which cannot be read' };
  }

  private async walkAll(walk: ChainWalk): Promise<string | null> {
    let last: { chain: string; seq: string } = { chain: BEFORE_ALL, seq: '0' };
    for (;;) {
      const page = await this.stored.entriesAfter(last.chain, last.seq, PAGE);
      for (const entry of page) {
        const broken = walk.step(entry);
        if (broken) return broken;
      }
      if (page.length < PAGE) return null;
      last = page.at(-1)!;
    }
  }
}

/** One pass over the heads and over all entries in order. Each method returns the first thing that is wrong. */
class ChainWalk {
  entries = 0;
  private readonly heads: Map<string, StoredHead>;
  private chain?: string;
  private seq = 0;
  private tail: Buffer = GENESIS;

  constructor(
    private readonly key: Buffer,
    heads: readonly StoredHead[],
  ) {
    this.heads = new Map(heads.map((h) => [h.chain, h]));
  }

  checkHeads(own?: AuditHead): string | null {
    for (const h of this.heads.values()) {
      const head = { chain: h.chain, number: Number(h.number), seq: Number(h.seq), tail: h.tail };
      if (!sameMac(headMac(this.key, head), h.mac)) return `head of chain ${h.chain} was changed`;
    }
    const numbers = [...this.heads.values()].map((h) => Number(h.number)).sort((a, b) => a - b);
    const gap = numbers.findIndex((n, i) => n !== i + 1);
    if (gap >= 0) return `chain number ${gap + 1} is missing`;
    if (own && Number(this.heads.get(own.chain)?.seq ?? -1) < own.seq) return `chain ${own.chain} was set back`;
    return null;
  }

  step(e: StoredEntry): string | null {
    if (e.chain !== this.chain) {
      const broken = this.leaveChain();
      if (broken) return broken;
      if (!this.heads.has(e.chain)) return `chain ${e.chain} has no head`;
      Object.assign(this, { chain: e.chain, seq: 0, tail: GENESIS });
    }
    const where = `chain ${e.chain}, entry ${this.seq + 1}`;
    if (Number(e.seq) !== this.seq + 1) return `${where} is missing`;
    this.tail = this.macOf(e);
    this.seq++;
    this.entries++;
    return sameMac(this.tail, e.mac) ? null : `${where} was changed`;
  }

  /** What is left when all entries have been seen: the end of the last chain, and chains without any entry. */
  finish(): string | null {
    const broken = this.leaveChain();
    if (broken) return broken;
    const bare = [...this.heads.values()].find((h) => Number(h.seq) !== 0);
    return bare ? `chain ${bare.chain} has lost all its entries` : null;
  }

  private leaveChain(): string | null {
    if (this.chain === undefined) return null;
    const head = this.heads.get(this.chain)!;
    this.heads.delete(this.chain);
    if (Number(head.seq) > this.seq) return `chain ${this.chain}, entry ${this.seq + 1} is missing`;
    return sameMac(head.tail, this.tail) ? null : `chain ${this.chain} does not end where its head says`;
  }

  private macOf(e: StoredEntry): Buffer {
    return entryMac(this.key, e.chain, this.tail, {
      seq: Number(e.seq),
      at: e.at,
      action: e.action,
      caller: e.caller,
      kid: e.kid ?? undefined,
      subject: e.subject ?? undefined,
      requestId: e.request_id ?? undefined,
    });
  }
}
