import type { PublicKey } from '#contracts';

/** The keys that verify licenses, whatever their state: an old blob names an old key. */
export const licenseKeysOf = (keys: readonly PublicKey[]): { keys: PublicKey[] } => ({
  keys: keys.filter((k) => k.purpose !== 'access'),
});
