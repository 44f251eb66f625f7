import { createHmac, timingSafeEqual } from 'node:crypto';
import { lengthPrefixed } from '../kek/length-prefixed.js';

/** One use of a key. */
export interface AuditEntry {
  /** What was done, e.g. `token.sign`. */
  action: string;
  /** The app that asked, or `secrets` itself. */
  caller: string;
  kid?: string;
  /** What it was done for: the id of a token, a license key, a context. Never a secret, never a name. */
  subject?: string;
  requestId?: string;
}

/** An entry in its place in a chain. */
export interface ChainedEntry extends AuditEntry {
  seq: number;
  /** Whole milliseconds. */
  at: Date;
  mac: Buffer;
}

/** The end of a chain: how long it is, and the code of its last entry. */
export interface AuditHead {
  chain: string;
  number: number;
  seq: number;
  tail: Buffer;
}

const ENTRY = 'gatehouse-audit-entry/v1';
const HEAD = 'gatehouse-audit-head/v1';
/** What the first entry of a chain follows. */
export const GENESIS: Buffer = Buffer.alloc(32);

const macOf = (key: Buffer, link: Buffer, parts: readonly (string | null)[]): Buffer =>
  createHmac('sha256', key).update(link).update(lengthPrefixed(parts)).digest();

/**
 * The code of an entry. It covers the code of the entry before, so none can be changed, taken out or moved; and it
 * takes a key that the database does not have, so the chain cannot be made anew either.
 */
export const entryMac = (key: Buffer, chain: string, before: Buffer, e: Omit<ChainedEntry, 'mac'>): Buffer =>
  macOf(key, before, [
    ENTRY,
    chain,
    String(e.seq),
    String(e.at.getTime()),
    e.action,
    e.caller,
    e.kid ?? null,
    e.subject ?? null,
    e.requestId ?? null,
  ]);

/** The code of a head: without it, the end of a chain could be cut off unnoticed. */
export const headMac = (key: Buffer, { chain, number, seq, tail }: AuditHead): Buffer =>
  macOf(key, tail, [HEAD, chain, String(number), String(seq)]);

/** Compares two codes without telling by the time where they differ. */
export const sameMac = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
