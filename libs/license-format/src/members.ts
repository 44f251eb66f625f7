/** Whether a member's value is one that may stand there. */
export type Check = (value: unknown) => boolean;

/** A text of 1 to `max` characters that UTF-8 can hold. */
export const text =
  (max: number): Check =>
  (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= max && !/\p{Surrogate}/u.test(value);

/** Whole Unix seconds, or a count. */
export const whole: Check = (value) => Number.isSafeInteger(value) && !Object.is(value, -0) && (value as number) >= 0;

/** Members in the order in which they are written. */
export type Members<T> = readonly (readonly [name: keyof T & string, check: Check, optional?: 'optional'])[];

/** What keeps `value` from having exactly these members, or `null`. */
export function membersProblem<T>(value: unknown, members: Members<T>): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'the payload is not a JSON object';
  const found = value as Record<string, unknown>;
  if (Object.keys(found).some((name) => !members.some(([known]) => known === name))) {
    return 'the payload has a member that is not known';
  }
  for (const [name, check, optional] of members) {
    if (optional && !Object.hasOwn(found, name)) continue;
    if (!Object.hasOwn(found, name)) return `the payload has no ${name}`;
    if (!check(found[name])) return `the payload’s ${name} is not valid`;
  }
  return null;
}

/**
 * UTF-8 JSON without white space, members in fixed order, strings escaped as `JSON.stringify` does.
 * @throws RangeError when a member is missing, unknown or not valid, or the whole is longer than `maxBytes`
 */
export function encodeMembers<T extends object>(payload: T, members: Members<T>, maxBytes: number): Uint8Array {
  const problem = membersProblem(payload, members);
  if (problem !== null) throw new RangeError(problem);
  const ordered = Object.fromEntries(
    members.filter(([name]) => Object.hasOwn(payload, name)).map(([name]) => [name, payload[name]]),
  );
  const bytes = new TextEncoder().encode(JSON.stringify(ordered));
  if (bytes.length > maxBytes) throw new RangeError(`the payload is longer than ${maxBytes} bytes`);
  return bytes;
}
