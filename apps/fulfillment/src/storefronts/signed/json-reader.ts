import { isoTime } from '../iso-time.rules.js';

/** A JSON object that somebody else wrote: whatever is read of it may be missing or something else. */
export type JsonObject = Readonly<Record<string, unknown>>;

const EMPTY: JsonObject = Object.freeze({});
const LONGEST = 1000;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Own members only, so that `__proto__` names nothing. */
const own = (from: JsonObject, name: string): unknown => (Object.hasOwn(from, name) ? from[name] : undefined);

/** The object that bytes are the JSON of; null when they are not. Never throws. */
export function readObject(raw: Buffer): JsonObject | null {
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The object at a path; an empty one when there is none. */
export function objectAt(from: JsonObject, ...path: string[]): JsonObject {
  let at: JsonObject = from;
  for (const name of path) {
    const next = own(at, name);
    if (!isObject(next)) return EMPTY;
    at = next;
  }
  return at;
}

/** The objects of a list; an empty list when there is none. */
export function listAt(from: JsonObject, name: string): JsonObject[] {
  const list = own(from, name);
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** A text; a number as text. Postgres stores no NUL, and no store means one. */
export function textAt(from: JsonObject, name: string): string | null {
  const value = own(from, name);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  const cleaned = typeof value === 'string' ? value.replaceAll('\0', '').trim() : '';
  return cleaned === '' ? null : cleaned.slice(0, LONGEST);
}

/** A whole number, also written as text. */
export const wholeAt = (from: JsonObject, name: string): number | null => wholeOf(own(from, name));

/** Decimal digits alone: a blank, an exponent or another base is no amount of money. */
export function wholeOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : null;
}

/** A moment. */
export const timeAt = (from: JsonObject, name: string): string | null => isoTime(textAt(from, name));

export const flagAt = (from: JsonObject, name: string): boolean => own(from, name) === true;

/** The id of something that the store shows as an id or, expanded, as the thing itself. */
export function idAt(from: JsonObject, name: string): string | null {
  return textAt(from, name) ?? textAt(objectAt(from, name), 'id');
}
