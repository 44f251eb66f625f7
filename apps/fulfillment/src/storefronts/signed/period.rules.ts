import { isoTime } from '../iso-time.rules.js';

/** What one charge of a subscription pays for: whole months, else a day. */
export interface Period {
  period_months: number | null;
  paid_until: string | null;
}

const MONTHS = new Map([
  ['month', 1],
  ['year', 12],
]);
const DAYS = new Map([
  ['day', 1],
  ['week', 7],
]);

/** The period of an interval such as `month` × 3 from a day on; nulls when the interval is not told. */
export function periodOf(unit: string | null, count: number | null, from: string | null): Period {
  const times = count ?? 1;
  const months = MONTHS.get(unit ?? '');
  const days = DAYS.get(unit ?? '');
  const start = from === null ? Number.NaN : Date.parse(from);
  const until = days === undefined ? Number.NaN : start + days * times * 86_400_000;
  return {
    period_months: months === undefined ? null : months * times,
    paid_until: isoTime(until),
  };
}
