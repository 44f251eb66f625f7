import { Unauthenticated, type Call } from '#contracts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Canonical accounts have UUIDs; the `sub` of an old token may be something else. */
export const isAccountId = (sub: string): boolean => UUID.test(sub);

/** The person who asks. @throws Refusal `unauthenticated` when it is no person */
export function userOf(call: Call): string {
  if (call.actor?.kind !== 'user') throw Unauthenticated.with();
  return call.actor.user_id;
}
