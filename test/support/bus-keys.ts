import fs from 'node:fs';
import path from 'node:path';
import { BUS_USERS, type BusUser } from '#contracts';
import { ensureNkeys, seedFileOf, type PublicNkeys } from '#local';
import { testDir } from './run.js';

/** Key pairs of all bus users. */
export interface BusKeys {
  users: PublicNkeys<BusUser>;
  /** The nkey seed of a bus user. */
  seedFile(user: BusUser): string;
}

/**
 * The key pairs of the run's brokers, which its global setup has made; own ones for a benchmark. Each broker having its
 * own would take a second of arithmetic each, and prove nothing.
 */
export function busKeys(): BusKeys {
  const ofRun = process.env.GATEHOUSE_TEST_NKEYS;
  const dir = ofRun ?? testDir('nkeys');
  const users = ofRun
    ? (JSON.parse(fs.readFileSync(path.join(ofRun, 'public.json'), 'utf8')) as PublicNkeys<BusUser>)
    : ensureNkeys<BusUser>(dir, BUS_USERS);
  return { users, seedFile: (user) => seedFileOf(dir, user) };
}
