import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { fetchDebianPackage } from './debian-package.js';
import { LocalProblem } from './local-problem.js';
import { cachedNatsServer, cacheDir, findNatsServer, isUsable, NATS_SERVER_NEEDS } from './nats-find.js';

const run = promisify(execFile);

/** The official release that is fetched where no package manager has one, and the checksums of its archives. */
const RELEASE = '2.14.6';
const SHA256: Record<string, string> = {
  'darwin-amd64': '239d4f3314334cc86cb12d7c252cf9b3461364451cc8ec5a39fb4915acd717c1',
  'darwin-arm64': '291b9aa8c342b3cdcc53d872585bd467de4b5c9acf375066d882eb5412a09d55',
  'linux-amd64': '61c3d55f69f61ec616b75782250936445f2819e9e5f2ae6159b10a31abd2200c',
  'linux-arm64': '3ff6e463762db64186a36cf0276dae8320509e995151ad0153ba9c9f67eee3f9',
};
/** Debian suites whose nats-server is new enough, the quieter one first. */
const SUITES = ['forky', 'sid'];

/** @returns a nats-server on this machine, fetched into the cache when there is none yet */
export async function obtainNatsServer(say: (line: string) => void = () => undefined): Promise<string> {
  return findNatsServer() ?? (await fetchNatsServer(say));
}

/**
 * Fetches nats-server into the cache: from the mirror that this machine's own apt is set up with, else the
 * official release, whose checksum is pinned.
 * @param say told what is being tried, one line at a time
 * @throws LocalProblem when neither can be had
 */
export async function fetchNatsServer(say: (line: string) => void = () => undefined): Promise<string> {
  fs.mkdirSync(cacheDir(), { recursive: true, mode: 0o755 });
  const draft = fs.mkdtempSync(path.join(cacheDir(), 'nats-'));
  const reasons: string[] = [];
  try {
    for (const [name, fetch] of [
      ['the apt mirror', fromApt] as const,
      ['the official release', fromRelease] as const,
    ]) {
      try {
        say(`fetching nats-server from ${name}`);
        return keep(await fetch(draft));
      } catch (error) {
        reasons.push(`${name}: ${(error as Error).message.trim().split('\n').at(-1)}`);
      }
    }
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
  throw new LocalProblem(
    `nats-server is missing and could not be fetched (${reasons.join('; ')})`,
    `install nats-server ${NATS_SERVER_NEEDS} and name it in GATEHOUSE_NATS_SERVER, or connect this machine and try again`,
  );
}

/** Moves the program to its place in one step: two starts may fetch at once. */
function keep(binary: string): string {
  if (!isUsable(binary)) throw new Error(`what was fetched is not nats-server ${NATS_SERVER_NEEDS}`);
  fs.chmodSync(binary, 0o755);
  fs.renameSync(binary, cachedNatsServer());
  return cachedNatsServer();
}

/** From the first suite whose nats-server can be had. */
async function fromApt(dir: string): Promise<string> {
  let last: unknown;
  for (const suite of SUITES) {
    try {
      return path.join(await fetchDebianPackage(dir, suite, 'nats-server'), 'usr/sbin/nats-server');
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function fromRelease(dir: string): Promise<string> {
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const expected = process.env.GATEHOUSE_NATS_SHA256 || SHA256[platform];
  if (!expected) throw new Error(`no checksum is pinned for ${platform}; give it in GATEHOUSE_NATS_SHA256`);
  const name = `nats-server-v${RELEASE}-${platform}`;
  const url = `https://github.com/nats-io/nats-server/releases/download/v${RELEASE}/${name}.tar.gz`;
  const response = await fetch(url, { signal: AbortSignal.timeout(150_000) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  const archive = Buffer.from(await response.arrayBuffer());
  const actual = createHash('sha256').update(archive).digest('hex');
  if (actual !== expected) throw new Error(`the download's SHA-256 is ${actual}, not the pinned ${expected}`);
  fs.writeFileSync(path.join(dir, 'release.tar.gz'), archive);
  await run('tar', ['-xzf', 'release.tar.gz'], { cwd: dir });
  return path.join(dir, name, 'nats-server');
}
