import type { StandInRoutes } from '../../http/http-stand-in.js';

/** A webhook before it is signed. */
export interface StoreEvent {
  name: string;
  body: object;
}

/** What a buyer or the store's owner does. */
export type Wish = Readonly<Record<string, unknown>>;

/** One store: its books, what it tells of them, and its API over them. */
export interface Desk {
  readonly name: string;
  /** Rings up a sale; `recurrence` (month, year) makes it the first of a subscription. */
  sell(wish: Wish): { sale_id: string; events: StoreEvent[] };
  /** What can be done with a sale, by name; each returns what the store tells of it. */
  readonly actions: Readonly<Record<string, (saleId: string, wish: Wish) => StoreEvent[]>>;
  has(saleId: string): boolean;
  api(): StandInRoutes;
}

export const textOf = (wish: Wish, name: string, or: string): string => {
  const value = wish[name];
  return typeof value === 'string' && value !== '' ? value : or;
};
export const numberOf = (wish: Wish, name: string, or: number): number => {
  const value = Number(wish[name] ?? Number.NaN);
  return Number.isFinite(value) ? value : or;
};
export const isTrue = (value: unknown): boolean => value === true || value === 'true';

/** How much a refund gives back: half for `partial`, what `amount` says, else all. */
export function refundedOf(wish: Wish, total: number): number {
  return numberOf(wish, 'amount', isTrue(wish['partial']) ? Math.floor(total / 2) : total);
}

/** A day after one or more intervals. */
export function after(from: Date, unit: string, count = 1): Date {
  const day = new Date(from);
  if (unit === 'year') day.setUTCFullYear(day.getUTCFullYear() + count);
  else day.setUTCMonth(day.getUTCMonth() + count);
  return day;
}
