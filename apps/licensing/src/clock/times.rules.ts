import { ValidationFailed } from '#contracts';

const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A refusal that names one field. */
export const refuseField = (field: string, code: string, detail: string) =>
  ValidationFailed.with({ detail: `Mend these fields: ${field}.`, errors: [{ field, code, detail }] });

/**
 * The moment that a timestamp of a request means.
 * @throws Refusal `validation_failed` for week and ordinal dates, which ISO 8601 has and RFC 3339 has not, and for
 * years that do not fit into four digits.
 */
export function timeOf(field: string, text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || time.getTime() < 0 || time.getTime() > LAST) {
    throw refuseField(field, 'invalid_timestamp', `${field} must be an RFC 3339 timestamp from 1970 to 9999.`);
  }
  return time;
}

/** Whether Unix seconds are a moment that the database and every reader of dates know. */
export const isMoment = (seconds: number): boolean =>
  Number.isSafeInteger(seconds) && seconds >= 0 && seconds * 1000 <= LAST;

/** RFC 3339 UTC with milliseconds; `null` stays `null`. */
export const stamp = <T extends Date | null>(time: T) =>
  (time ? time.toISOString() : null) as T extends Date ? string : string | null;
