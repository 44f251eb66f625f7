import { createHash } from 'node:crypto';
import { CHANNELS, type ChannelKind } from './event-class.rules.js';

/** Where a client stands: the newest frame of each of its channels at a moment. */
export interface Position {
  /** When, in ms. */
  at: number;
  /** Places by channel; one that is left out was not listened to. */
  seqs: Partial<Record<ChannelKind, number>>;
}

/** Whose cursor it is, and in which life of the stream. */
export interface CursorScope {
  userId: string;
  epoch: string;
}

const PREFIX = 'c1.';
const BYTES = 6;
const TAG_BYTES = 9;
const BODY_BYTES = BYTES * (1 + CHANNELS.length);
const UNHEARD = 2 ** (8 * BYTES) - 1;

/**
 * The text of a position. It is bound to person and stream by a hash, no secret: who makes one up for themselves learns
 * nothing but their own frames, and one that is anybody else's is no cursor (RT19).
 */
export function writeCursor(scope: CursorScope, { at, seqs }: Position): string {
  const body = Buffer.alloc(BODY_BYTES);
  body.writeUIntBE(at, 0, BYTES);
  CHANNELS.forEach((kind, i) => body.writeUIntBE(seqs[kind] ?? UNHEARD, BYTES * (i + 1), BYTES));
  return PREFIX + Buffer.concat([body, tagOf(scope, body)]).toString('base64url');
}

/** @returns undefined when it is no cursor, somebody else's, or of a stream that is gone */
export function readCursor(scope: CursorScope, text: string): Position | undefined {
  if (!isCursor(text)) return undefined;
  const bytes = Buffer.from(text.slice(PREFIX.length), 'base64url');
  const body = bytes.subarray(0, BODY_BYTES);
  if (bytes.length !== BODY_BYTES + TAG_BYTES || !bytes.subarray(BODY_BYTES).equals(tagOf(scope, body)))
    return undefined;
  const seqs: Position['seqs'] = {};
  CHANNELS.forEach((kind, i) => {
    const seq = body.readUIntBE(BYTES * (i + 1), BYTES);
    if (seq !== UNHEARD) seqs[kind] = seq;
  });
  return { at: body.readUIntBE(0, BYTES), seqs };
}

/** Whether a text is meant to be a cursor, and not the id of an event. */
export const isCursor = (text: string): boolean => text.startsWith(PREFIX);

const tagOf = ({ userId, epoch }: CursorScope, body: Buffer): Buffer =>
  createHash('sha256').update(`${userId}\n${epoch}\n`).update(body).digest().subarray(0, TAG_BYTES);
