import { Told } from './told.js';

const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** How options that take a time say so. */
export const TIME_FORM = 'RFC 3339 or a day, which is its beginning in UTC';

/** The time that an option names: by RFC 3339, or a day, from its beginning in UTC on. @throws Told when it is none */
export function timeOf(option: string, text: string): Date {
  const time = new Date(TIME.test(text) ? text : NaN);
  const day = text.slice(0, 10);
  // Some days there are not roll over into the next month.
  if (Number.isNaN(time.getTime()) || new Date(day).toISOString().slice(0, 10) !== day) {
    throw new Told(`${option} must be a time like 2026-01-31T12:00:00Z, or a day like 2026-01-31.`);
  }
  return time;
}
