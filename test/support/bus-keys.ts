import fs from 'node:fs';
import path from 'node:path';
import type { BusUser } from '#contracts';
import { seedFileOf, type PublicNkeys } from '#local';

/** Key pairs of all bus users. */
export interface BusKeys {
  users: PublicNkeys<BusUser>;
  /** The nkey seed of a bus user. */
  seedFile(user: BusUser): string;
}

/**
 * The key pairs of the run's brokers, which its global setup has made. Each broker having its own would take a second of
 * arithmetic each, and prove nothing.
 * @throws Error outside of jest
 */
export function busKeys(): BusKeys {
  const dir = process.env.GATEHOUSE_TEST_NKEYS;
  if (!dir) throw new Error('there is no test run: start tests with `npm test` or `npx jest`');
  const users = JSON.parse(fs.readFileSync(path.join(dir, 'public.json'), 'utf8')) as PublicNkeys<BusUser>;
  return { users, seedFile: (user) => seedFileOf(dir, user) };
}
