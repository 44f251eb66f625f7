import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalProblem } from './local-problem.js';
import { freePort } from './ports.js';
import { postgresBinaries } from './postgres-binaries.js';
import { ended, endProcess, guard, markOf } from './processes.js';
import { unprivileged, type RunAs } from './unprivileged.js';

/** The role that owns the embedded server; apps never get it. */
export const POSTGRES_SUPERUSER = 'gatehouse';

export interface PostgresOptions {
  /** Data folder; made and initialised when it is empty. */
  dir: string;
  /** Password of {@link POSTGRES_SUPERUSER}; written into the data folder when it is initialised. */
  password: string;
  /** Default: a free one. */
  port?: number;
  /** File that takes the server's log. */
  log: string;
  /** Server settings, e.g. `{ fsync: 'off' }` for data that nobody will miss. */
  settings?: Record<string, string>;
}

export interface RunningPostgres {
  pid: number;
  port: number;
  /** Address of a database, for the superuser or for the role given. */
  url(database?: string, role?: { name: string; password: string }): string;
  /** Called when the server ends without having been stopped. */
  onExit(listener: () => void): void;
  /** Fast shutdown: sessions are ended, data is safe. */
  stop(): Promise<void>;
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  jit: 'off',
  timezone: 'UTC',
};

/**
 * Starts a private Postgres on loopback. A server that a killed parent left on the same data is ended first.
 * @throws LocalProblem when this machine cannot run it
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const as = unprivileged();
  const server = new Server(options, as, postgresBinaries(as));
  server.prepareFolder();
  await endPostgres(options.dir);
  return server.start(options.port ?? (await freePort()));
}

/** Ends the server that runs on this data folder, if there is one: a parent that was killed left it behind. */
export async function endPostgres(dir: string): Promise<void> {
  const pid = Number(readPidFile(dir)[0]);
  const mark = pid ? markOf(pid) : undefined;
  if (mark && isPostgres(pid)) await endProcess(mark, 'SIGINT', 10_000);
}

function readPidFile(dir: string): string[] {
  try {
    return fs.readFileSync(path.join(dir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

class Server {
  constructor(
    private readonly options: PostgresOptions,
    private readonly as: RunAs,
    private readonly binaries: string,
  ) {}

  /**
   * The data folder by a name that the server's user may follow even when a folder above is closed to it:
   * root enters first, the server finds itself inside.
   */
  private get dataName(): string {
    return this.as.uid !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : this.options.dir;
  }

  private get spawnOptions() {
    const { PATH, HOME } = process.env;
    return { ...this.as, cwd: this.options.dir, env: { PATH, HOME, LC_ALL: 'C' } };
  }

  prepareFolder(): void {
    const { dir } = this.options;
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
    if (fs.existsSync(path.join(dir, 'PG_VERSION'))) return;
    // What a crashed first start left behind is no database yet.
    for (const name of fs.readdirSync(dir)) fs.rmSync(path.join(dir, name), { recursive: true, force: true });
    if (this.as.uid !== undefined) fs.chownSync(dir, this.as.uid, this.as.gid ?? this.as.uid);
    this.initialise();
  }

  private initialise(): void {
    // initdb reads the password as the unprivileged user, so from a folder of that user.
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gatehouse-'));
    const file = path.join(folder, 'password');
    fs.writeFileSync(file, `${this.options.password}\n`, { mode: 0o600 });
    if (this.as.uid !== undefined) for (const p of [file, folder]) fs.chownSync(p, this.as.uid, this.as.gid ?? -1);
    const args = ['-D', this.dataName, '-U', POSTGRES_SUPERUSER, '--pwfile', file, '--auth=scram-sha-256'];
    const how = ['--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'];
    const run = spawnSync(path.join(this.binaries, 'bin/initdb'), [...args, ...how], this.spawnOptions);
    fs.rmSync(folder, { recursive: true, force: true });
    if (run.status === 0) return;
    const reason = String(run.error?.message ?? run.stderr)
      .trim()
      .split('\n')
      .at(-1);
    throw new LocalProblem(
      `the embedded Postgres could not make its data folder ${this.options.dir}: ${reason}`,
      'make room on the disk or choose another place with GATEHOUSE_DIR',
    );
  }

  async start(port: number): Promise<RunningPostgres> {
    const log = fs.openSync(this.options.log, 'a', 0o600);
    const settings = Object.entries({ ...SETTINGS, ...this.options.settings });
    const args = ['-D', this.dataName, '-p', String(port), ...settings.flatMap(([k, v]) => ['-c', `${k}=${v}`])];
    // A session of its own: Ctrl-C in the terminal is for the starter, which stops the server in order.
    const child = spawn(path.join(this.binaries, 'bin/postgres'), args, {
      ...this.spawnOptions,
      detached: true,
      stdio: ['ignore', log, log],
    });
    fs.closeSync(log);
    child.on('error', () => undefined);
    await this.ready(child);
    return running(child, port, this.options.password);
  }

  private async ready(child: ChildProcess): Promise<void> {
    while (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const lines = readPidFile(this.options.dir);
      if (Number(lines[0]) === child.pid && lines[7]?.startsWith('ready')) return;
      await sleep(10);
    }
    throw new LocalProblem(
      `the embedded Postgres did not start: ${lastFatal(this.options.log)}`,
      'see its log; `npm run doctor` checks the machine',
      this.options.log,
    );
  }
}

function running(child: ChildProcess, port: number, password: string): RunningPostgres {
  const callOff = guard(child.pid!, 'INT');
  const listeners: (() => void)[] = [];
  let stopping = false;
  child.once('exit', () => {
    callOff();
    if (!stopping) for (const listener of listeners) listener();
  });
  return {
    pid: child.pid!,
    port,
    url: (database = 'postgres', role = { name: POSTGRES_SUPERUSER, password }) =>
      `postgres://${role.name}:${encodeURIComponent(role.password)}@127.0.0.1:${port}/${database}`,
    onExit: (listener) => void listeners.push(listener),
    stop: async () => {
      stopping = true;
      child.kill('SIGINT');
      await ended(child);
    },
  };
}

/** The id in an old pid file may by now belong to anything. */
function isPostgres(pid: number): boolean {
  const run = spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.includes('postgres') : fs.existsSync(`/proc/${pid}`);
}

function lastFatal(log: string): string {
  const lines = fs.readFileSync(log, 'utf8').trim().split('\n');
  return lines.findLast((line) => /FATAL|PANIC/.test(line))?.replace(/^.*?(FATAL|PANIC):\s*/, '') ?? 'no reason given';
}
