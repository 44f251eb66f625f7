import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LocalProblem } from './local-problem.js';

/** The oldest releases whose per-key expiry, consumers and fixes Gatehouse relies on. */
export const NATS_SERVER_NEEDS = '2.12.12 or newer (2.13 is too old, 2.14 from 2.14.3 on)';

/** Where programs that were fetched once stay, for every checkout of this user. */
export function cacheDir(): string {
  if (process.env.GATEHOUSE_CACHE) return process.env.GATEHOUSE_CACHE;
  const base = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  try {
    fs.mkdirSync(base, { recursive: true });
    fs.accessSync(base, fs.constants.W_OK);
    return path.join(base, 'gatehouse');
  } catch {
    return path.resolve('.gatehouse/cache');
  }
}

export const cachedNatsServer = (): string => path.join(cacheDir(), 'nats-server');

/** @returns the version that the program reports, e.g. `2.15.1`; undefined when it does not run */
export function natsServerVersion(binary: string): string | undefined {
  const run = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  return run.status === 0 ? /v(\d+\.\d+\.\d+)/.exec(run.stdout)?.[1] : undefined;
}

/** Whether a nats-server of this version will do. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major !== 2) return major > 2;
  if (minor === 12) return patch >= 12;
  if (minor === 14) return patch >= 3;
  return minor > 14;
}

/**
 * Looks for a nats-server on this machine: GATEHOUSE_NATS_SERVER, PATH, the cache.
 * @throws LocalProblem when GATEHOUSE_NATS_SERVER names one that will not do
 */
export function findNatsServer(): string | undefined {
  const named = process.env.GATEHOUSE_NATS_SERVER;
  if (named) return demand(named);
  const onPath = (process.env.PATH ?? '').split(path.delimiter).map((dir) => path.join(dir || '.', 'nats-server'));
  return [...onPath, cachedNatsServer()].find((file) => fs.existsSync(file) && isUsable(file));
}

export function isUsable(binary: string): boolean {
  const version = natsServerVersion(binary);
  return version !== undefined && isNewEnough(version);
}

function demand(binary: string): string {
  const version = natsServerVersion(binary);
  if (version && isNewEnough(version)) return binary;
  const what = version ? `is nats-server ${version}, which is too old` : 'does not run';
  throw new LocalProblem(
    `GATEHOUSE_NATS_SERVER names ${binary}, which ${what}`,
    `point it at nats-server ${NATS_SERVER_NEEDS}, or unset it`,
  );
}
