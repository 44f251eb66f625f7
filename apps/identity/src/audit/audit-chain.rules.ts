import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** An entry as it stands in the table: every column that a seal covers. */
export interface AuditRow {
  seq: string;
  id: string;
  at: Date;
  event: string;
  subject: string | null;
  actor: string | null;
  caller: string | null;
  client_id: string | null;
  session_id: string | null;
  request_id: string | null;
  factors: string[];
  cause: string | null;
  /** As Postgres writes it: the same text for the same value. */
  data: string;
  origin_digest: Buffer | null;
}

/** What a seal states: these entries, in this order, after everything that was sealed before. */
export interface Seal {
  number: number;
  first_seq: number;
  last_seq: number;
  digest: Buffer;
  mac: Buffer;
}

const SEAL = 'gatehouse-audit-seal/v1';
const PRUNE = 'gatehouse-audit-prune/v1';

/** What the first seal follows. */
export const GENESIS: Buffer = Buffer.alloc(32);

/** Each part with its length, so that no two lists of parts look the same; null differs from empty. */
function written(parts: readonly (string | null)[]): Buffer {
  const pieces = parts.flatMap((part) => {
    if (part === null) return [Buffer.from([0])];
    const text = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(5);
    length.writeUInt8(1);
    length.writeUInt32BE(text.length, 1);
    return [length, text];
  });
  return Buffer.concat(pieces);
}

/** Digest of entries in their order. */
export class EntriesDigest {
  private readonly hash = createHash('sha256');

  add(e: AuditRow): this {
    const texts = [e.seq, e.id, String(e.at.getTime()), e.event, e.subject, e.actor, e.caller, e.client_id];
    const more = [e.session_id, e.request_id, JSON.stringify(e.factors), e.cause, e.data];
    this.hash.update(written([...texts, ...more, e.origin_digest?.toString('hex') ?? null]));
    return this;
  }

  digest(): Buffer {
    return this.hash.digest();
  }
}

/**
 * The code of a seal. It covers the seal before, so none can be changed, taken out or moved; and it takes a key that
 * the database does not have, so the chain cannot be made anew either.
 */
export const sealMac = (key: Buffer, before: Buffer, s: Omit<Seal, 'mac'>): Buffer =>
  createHmac('sha256', key)
    .update(before)
    .update(written([SEAL, String(s.number), String(s.first_seq), String(s.last_seq), s.digest.toString('hex')]))
    .digest();

/** The code of the statement that entries up to a place may be gone. */
export const pruneMac = (key: Buffer, throughSeq: number): Buffer =>
  createHmac('sha256', key)
    .update(written([PRUNE, String(throughSeq)]))
    .digest();

/** Compares two codes without telling by the time where they differ. */
export const sameMac = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
