/** The same day of a later year, UTC; from 29 February that is 28 February where the year has no 29th. */
export function addYears(time: Date, years: number): Date {
  const later = new Date(time);
  later.setUTCFullYear(time.getUTCFullYear() + years);
  if (later.getUTCMonth() !== time.getUTCMonth()) later.setUTCDate(0);
  return later;
}
