import { createHash } from 'node:crypto';
import { Refusal } from '#contracts';

/** Tries of an event whose handling is broken, the first one included. */
export const TRIES = 5;
/** Tries of an event whose handling needs something that is away: with the delays below more than an hour. */
const TRIES_WHILE_AWAY = 150;
const LONGEST_DELAY_MS = 30_000;

/** An event that no retry can mend: its data breaks the contract. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
}

/** What follows a failed try: another one after `retryMs`, or a dead letter. */
export type AfterFailure = { retryMs: number } | 'dead';

/**
 * @param tries how often the event was delivered, this time included
 */
export function afterFailure(error: unknown, tries: number): AfterFailure {
  if (error instanceof MalformedEventError) return 'dead';
  const away = error instanceof Refusal && error.kind === 'unavailable';
  if (tries >= (away ? TRIES_WHILE_AWAY : TRIES)) return 'dead';
  return { retryMs: Math.min(LONGEST_DELAY_MS, 1_000 * 2 ** Math.min(tries - 1, 10)) };
}

/** What a dead letter tells of the reason. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, 1_000);
}

const MAX_ID = 128;

/**
 * The id by which an event is handled once: the publisher's message id, else the member of the data that the contract
 * names, else its place in the stream.
 */
export function eventIdOf(
  event: { idField?: string },
  data: unknown,
  messageId: string | undefined,
  sequence: number,
): string {
  const own =
    event.idField && typeof data === 'object' && data !== null
      ? (data as Record<string, unknown>)[event.idField]
      : undefined;
  const id = messageId || (typeof own === 'string' && own) || `seq:${sequence}`;
  return id.length <= MAX_ID ? id : `sha256:${createHash('sha256').update(id).digest('hex')}`;
}
