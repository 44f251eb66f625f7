import fs from 'node:fs';
import {
  findNatsServer,
  isFree,
  LocalProblem,
  NATS_SERVER_NEEDS,
  natsServerVersion,
  postgresPackage,
  readMark,
} from '#local';
import type { StateFolder } from '../state/state-folder.js';

export interface Finding {
  ok: boolean;
  what: string;
  /** What to do about it. */
  fix?: string;
}

type Check = (folder: StateFolder, env: NodeJS.ProcessEnv) => Finding | Promise<Finding>;

const MIN_NODE = [20, 19] as const;
const MIN_DISK_MB = 500;

export const checks: readonly Check[] = [node, postgres, natsServer, ports, stateFolder, disk];

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1]);
  return { ok, what: `Node ${process.versions.node}`, fix: `install Node ${MIN_NODE.join('.')} or newer` };
}

function postgres(): Finding {
  try {
    return { ok: true, what: `embedded Postgres in ${postgresPackage()}` };
  } catch (error) {
    return explained(error);
  }
}

function natsServer(): Finding {
  try {
    const binary = findNatsServer();
    if (binary) return { ok: true, what: `nats-server ${natsServerVersion(binary)} in ${binary}` };
    return { ok: true, what: `no nats-server ${NATS_SERVER_NEEDS} yet; the first start fetches one` };
  } catch (error) {
    return explained(error);
  }
}

async function ports(folder: StateFolder, env: NodeJS.ProcessEnv): Promise<Finding> {
  const running = readMark(folder.starter);
  if (running) return { ok: true, what: `Gatehouse is running from ${folder.dir} (process ${running.pid})` };
  const wanted = [Number(env.PUBLIC_PORT || 3000), Number(env.INTERNAL_PORT || 3001)];
  const free = await Promise.all(wanted.map((port) => port === 0 || isFree(port)));
  const taken = wanted.filter((_, i) => !free[i]);
  if (!taken.length) return { ok: true, what: `ports ${wanted.join(' and ')} are free` };
  const what = `port ${taken.join(' and ')} taken by another program`;
  return { ok: false, what, fix: 'end that program, or set PUBLIC_PORT and INTERNAL_PORT' };
}

/** Keys and passwords stand in it: nobody but its owner may read them. */
function stateFolder(folder: StateFolder): Finding {
  if (!fs.existsSync(folder.dir)) return { ok: true, what: `no state folder yet; the first start makes ${folder.dir}` };
  const files = [folder.kek, folder.internalCallers, folder.devJson, folder.at('state.json')];
  const seeds = fs.existsSync(folder.nkeys) ? fs.readdirSync(folder.nkeys).map((name) => folder.at('nkeys', name)) : [];
  const open = [folder.dir, folder.nkeys, ...files, ...seeds].filter((file) => (mode(file) & 0o077) !== 0);
  const fix = `close it: chmod -R go-rwx ${folder.dir}`;
  if (open.length) return { ok: false, what: `others can read ${open.join(', ')}`, fix };
  return { ok: true, what: `the state folder ${folder.dir} is closed to others` };
}

const mode = (file: string): number => fs.statSync(file, { throwIfNoEntry: false })?.mode ?? 0;

function disk(folder: StateFolder): Finding {
  const { bavail, bsize } = fs.statfsSync(fs.existsSync(folder.dir) ? folder.dir : process.cwd());
  const free = Math.floor((bavail * bsize) / 1024 / 1024);
  return {
    ok: free >= MIN_DISK_MB,
    what: `${free} MB of disk are free`,
    fix: `make room: ${MIN_DISK_MB} MB are needed`,
  };
}

function explained(error: unknown): Finding {
  if (!(error instanceof LocalProblem)) throw error;
  return { ok: false, what: error.message, fix: error.fix };
}
