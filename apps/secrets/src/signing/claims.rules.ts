/** Whether a claim has the form that its name promises. */
export type ClaimCheck = (value: unknown) => boolean;

const MOST_ITEMS = 64;

export const text =
  (max = 255): ClaimCheck =>
  (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= max && !/\p{Surrogate}/u.test(value);

export const texts =
  (max = 64): ClaimCheck =>
  (value) =>
    Array.isArray(value) && value.length <= MOST_ITEMS && value.every(text(max));

/** Whole Unix seconds. */
export const seconds: ClaimCheck = (value) => Number.isSafeInteger(value) && (value as number) > 0;

export const wholeUpTo =
  (max: number): ClaimCheck =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max;

/** `{ sub }`, and another such `act` inside when the actor acts for somebody too (RFC 8693 §4.1), three deep. */
export const actor: ClaimCheck = (value) => isActor(value, 3);

function isActor(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || depth === 0) return false;
  const { sub, act, ...more } = value as Record<string, unknown>;
  return Object.keys(more).length === 0 && text()(sub) && (act === undefined || isActor(act, depth - 1));
}

const AUDIENCE = /^[A-Za-z0-9][A-Za-z0-9._~:/-]{0,127}$/;

/** The audiences that an `aud` names, or `null` when it is not well-formed. */
export function audiencesOf(aud: unknown): string[] | null {
  const list = Array.isArray(aud) ? (aud as unknown[]) : [aud];
  const wellFormed =
    list.length > 0 && list.length <= 8 && list.every((a) => typeof a === 'string' && AUDIENCE.test(a));
  return wellFormed && new Set(list).size === list.length ? (list as string[]) : null;
}
