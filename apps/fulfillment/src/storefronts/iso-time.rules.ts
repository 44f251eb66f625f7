/** A moment as the database and every reader of licenses knows it; null: it is none, or lies beyond the year 9999. */
export function isoTime(told: string | number | null): string | null {
  const time = new Date(told ?? Number.NaN);
  const year = time.getUTCFullYear();
  return year >= 0 && year <= 9999 ? time.toISOString() : null;
}
