import fs from 'node:fs';
import path from 'node:path';
import { createUser, fromSeed } from '@nats-io/nkeys';

/** Public halves of the key pairs, by bus user. */
export type PublicNkeys<User extends string> = Record<User, string>;

export const seedFileOf = (dir: string, user: string): string => path.join(dir, `${user}.nk`);

/**
 * Makes a key pair for each bus user that has none yet: `<dir>/<user>.nk`, mode 0600.
 * @returns the public keys, for the broker's configuration
 */
export function ensureNkeys<User extends string>(dir: string, users: readonly User[]): PublicNkeys<User> {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const keys = users.map((user) => [user, ensureNkey(seedFileOf(dir, user))] as const);
  return Object.fromEntries(keys) as PublicNkeys<User>;
}

function ensureNkey(file: string): string {
  if (!fs.existsSync(file)) {
    // Without a line break: NATS clients take the bytes of the file as they are.
    fs.writeFileSync(file, createUser().getSeed(), { mode: 0o600, flag: 'wx' });
  }
  return fromSeed(Buffer.from(fs.readFileSync(file, 'utf8').trim())).getPublicKey();
}
