const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7/i;

/** When an event was made: ids made by the outbox begin with it; of any other, now is as much as is known. */
export function madeAt(id: string): Date {
  const [, high, low] = UUID_V7.exec(id) ?? [];
  return high ? new Date(parseInt(high + low, 16)) : new Date();
}
