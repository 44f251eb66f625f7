import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalProblem } from './local-problem.js';
import { obtainNatsServer } from './nats-fetch.js';
import { freePort } from './ports.js';
import { ended, endProcess, guard, readMark, writeMark } from './processes.js';

/** Time for a greeting; after it another one is asked for. */
const GREETING_MS = 2_000;

export interface NatsOptions {
  /** Folder for the configuration, the streams and the log. */
  dir: string;
  /** Default: a free one. */
  port?: number;
  /** The server's configuration for a port and a folder for its streams. */
  conf: (place: { port: number; storeDir: string }) => string | Promise<string>;
  /** The nats-server program; default: found or fetched. */
  binary?: string;
  /** File that takes the server's log. Default: `<dir>/nats.log`. */
  log?: string;
}

export interface RunningNats {
  pid: number;
  port: number;
  url: string;
  /** Called when the server ends without having been stopped. */
  onExit(listener: () => void): void;
  stop(): Promise<void>;
}

/**
 * Starts a private nats-server on loopback. A server that a killed parent left in the same folder is ended first.
 * @throws LocalProblem when it cannot be found, fetched or started
 */
export async function startNats(options: NatsOptions): Promise<RunningNats> {
  const { dir, log = path.join(dir, 'nats.log') } = options;
  const binary = options.binary ?? (await obtainNatsServer());
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const markFile = path.join(dir, 'nats.pid');
  const left = readMark(markFile);
  if (left) await endProcess(left);
  const port = options.port ?? (await freePort());
  const conf = path.join(dir, 'nats.conf');
  fs.writeFileSync(conf, await options.conf({ port, storeDir: path.join(dir, 'store') }), { mode: 0o600 });
  const output = fs.openSync(log, 'a', 0o600);
  const child = spawn(binary, ['-c', conf, '-a', '127.0.0.1'], { detached: true, stdio: ['ignore', output, output] });
  fs.closeSync(output);
  child.on('error', () => undefined);
  await ready(child, port, log);
  writeMark(markFile, child.pid!);
  return running(child, port, markFile);
}

async function ready(child: ChildProcess, port: number, log: string): Promise<void> {
  while (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    if (await greets(port)) return;
    await sleep(10);
  }
  const reason = fs.readFileSync(log, 'utf8').trim().split('\n').at(-1) || 'no reason given';
  throw new LocalProblem(`nats-server did not start: ${reason}`, 'see its log and its configuration beside it', log);
}

/** Whether the server says who it is to those who connect: one that only listens yet would keep its first client waiting. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const end = (found: boolean): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.setTimeout(GREETING_MS, () => end(false));
  });
}

function running(child: ChildProcess, port: number, markFile: string): RunningNats {
  const callOff = guard(child.pid!, 'TERM');
  const listeners: (() => void)[] = [];
  let stopping = false;
  child.once('exit', () => {
    callOff();
    fs.rmSync(markFile, { force: true });
    if (!stopping) for (const listener of listeners) listener();
  });
  return {
    pid: child.pid!,
    port,
    url: `nats://127.0.0.1:${port}`,
    onExit: (listener) => void listeners.push(listener),
    stop: async () => {
      stopping = true;
      child.kill('SIGTERM');
      await ended(child);
    },
  };
}
