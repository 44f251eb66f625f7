import fs from 'node:fs';
import { StateFolder } from '../../apps/cli/src/state/state-folder.js';
import { DevelopmentStack } from '../../apps/cli/src/start/development-stack.js';
import { isReady } from '../../apps/cli/src/start/programs.js';
import { freePort, Program, type DevInfo } from '#local';
import { testDir } from './run.js';

export interface StackOptions {
  /** For the apps, on top of the defaults of the development profile. */
  env?: NodeJS.ProcessEnv;
  /** A state folder of an earlier stack, to go on with its data; the caller removes it. */
  dir?: string;
  /** Postgres as in production, for tests that kill it: what was answered is on disk. */
  durable?: boolean;
}

/** A private instance of the whole built system, for tests that break it. */
export interface Stack {
  info: DevInfo;
  /** The state folder, with `logs/` and `dev.json`. */
  dir: string;
  /** Of an app or `stand-ins`; undefined while it does not run. */
  pid(app: string): number | undefined;
  postgresPid: number;
  natsPid: number;
  /** Sends a signal. A program that dies of it is started again, as it would be in production. */
  kill(app: string, signal?: NodeJS.Signals): void;
  /** Ends a program in order and keeps it down. */
  halt(app: string): Promise<void>;
  /** Starts it (ending it first when it runs) and waits until it is ready. */
  restart(app: string): Promise<void>;
  /** The port of an app's internal listener. */
  internalPort(app: string): number;
  /** One more of an app, with an internal port of its own; whoever starts it ends it. */
  replica(app: string): Promise<Replica>;
  /** What an app has logged. */
  log(app: string): string;
  stop(): Promise<void>;
}

/** An app that runs beside the one of the stack. */
export interface Replica {
  /** Its internal listener. */
  port: number;
  program: Program;
}

/** Loopback data that nobody misses after a power failure. */
const FAST = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };

/** Starts a whole system of its own: servers, stand-ins, six apps, on free ports. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const folder = new StateFolder(options.dir ?? testDir('stack'));
  const stack = new DevelopmentStack({
    folder,
    env: { ...process.env, PUBLIC_PORT: '0', INTERNAL_PORT: '0', ...options.env },
    steps: { run: (_, work) => work(() => undefined), say: () => undefined },
    postgresSettings: options.durable ? {} : FAST,
  });
  const info = await stack.start().catch(async (error) => {
    await stack.stop();
    throw error;
  });
  return handleOf(stack, info, folder);
}

function handleOf(stack: DevelopmentStack, info: DevInfo, folder: StateFolder): Stack {
  const program = (app: string): Program => {
    const found = stack.programs.get(app);
    if (!found) throw new Error(`there is no program ${app}`);
    return found;
  };
  return {
    info,
    dir: folder.dir,
    pid: (app) => program(app).pid,
    postgresPid: stack.postgres!.pid,
    natsPid: stack.nats!.pid,
    kill: (app, signal = 'SIGKILL') => program(app).kill(signal),
    halt: (app) => program(app).stop(),
    restart: async (app) => {
      await program(app).stop();
      await program(app).start();
    },
    internalPort: (app) => Number(program(app).spec.env.INTERNAL_PORT),
    replica: (app) => oneMore(program(app), folder),
    log: (app) => fs.readFileSync(folder.log(app), 'utf8'),
    stop: () => stack.stop(),
  };
}

async function oneMore({ spec }: Program, folder: StateFolder): Promise<Replica> {
  const port = await freePort();
  const name = `${spec.name}-${port}`;
  const env = { ...spec.env, INTERNAL_PORT: String(port) };
  return { port, program: new Program({ ...spec, name, env, log: folder.log(name), isReady: () => isReady(port) }) };
}
