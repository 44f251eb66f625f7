import { createHash } from 'node:crypto';
import { Refusal, type ErrorKind } from '#contracts';

/** Tries of an event whose handling is broken, the first one included. */
export const TRIES = 5;
/** Tries of an event whose handling needs something that is away: with the delays below more than an hour. */
const TRIES_WHILE_AWAY = 375;
/**
 * Below what {@link TRIES} take together: of two events that waited for the same outage, the one that needs the other's
 * effect is still tried when that comes.
 */
const LONGEST_DELAY_MS = 10_000;

/** An event that no retry can mend: its data breaks the contract. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
}

/**
 * Refusals of what was asked, whatever the state of things is. All others are tried again: what is not there yet, or
 * stands in the way, may be changed by an event that this one has overtaken.
 */
const FINAL: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'invalid',
  'unprocessable',
  'too_large',
  'unsupported_media_type',
  'method_not_allowed',
  'upgrade_required',
  'gone',
]);

/** Refusals that say nothing about the event, and end by themselves. */
const AWAY: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['unavailable', 'rate_limited']);

/** What follows a failed try: another one after `retryMs`, or a dead letter. */
export type AfterFailure = { retryMs: number } | 'dead';

/** How an event has fared. */
export interface Tried {
  /** How often it was delivered, this time included. */
  tries: number;
  /** In how many of them its handling was broken, this time included. */
  broken: number;
}

/** Whether the try failed because something is away that the handling needs. */
export const isAway = (error: unknown): boolean => error instanceof Refusal && AWAY.has(error.kind);

const isFinal = (error: unknown): boolean =>
  error instanceof MalformedEventError || (error instanceof Refusal && FINAL.has(error.kind));

export function afterFailure(error: unknown, { tries, broken }: Tried): AfterFailure {
  if (isFinal(error)) return 'dead';
  const away = isAway(error);
  if (tries >= TRIES_WHILE_AWAY || (!away && broken >= TRIES)) return 'dead';
  return { retryMs: Math.min(LONGEST_DELAY_MS, 1_000 * 2 ** Math.min((away ? tries : broken) - 1, 10)) };
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
