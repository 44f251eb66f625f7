import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalProblem } from './local-problem.js';
import { ended, endProcess, markOf, type ProcessMark } from './processes.js';

/** A Node program that is kept running. */
export interface ProgramSpec {
  name: string;
  /** The module to run, and its arguments. */
  entry: string;
  args?: string[];
  nodeFlags?: string[];
  env: NodeJS.ProcessEnv;
  /** File that takes what it prints. */
  log: string;
  /** Gets every chunk that it prints, too. */
  echo?: (name: string, text: string) => void;
  /** Whether it can serve now; asked again and again while it starts. */
  isReady: () => Promise<boolean>;
}

export interface ProgramEvents {
  /** It ended although nobody asked for that, and is started again after `delayMs`. */
  onRestart?(name: string, why: string, delayMs: number): void;
  /** A started process may be recorded by its mark, for whoever comes after a crash. */
  onSpawn?(name: string, mark: ProcessMark): void;
}

const START_TIMEOUT_MS = 90_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** How long what an ended program has printed may be on its way. */
const LAST_WORDS_MS = 2_000;
/** After this long a run counts as healthy, and the next pause is short again. */
const HEALTHY_MS = 30_000;

/**
 * One supervised program. It ends by itself when this process dies (see `follow-parent`), and is started again
 * with growing pauses when it dies.
 */
export class Program {
  private child?: ChildProcess;
  private held = true;
  private pause = FIRST_PAUSE_MS;
  private startedAt = 0;
  private waiting?: AbortController;
  /** Resolves when everything that the present child has printed is in the log. */
  private printed: Promise<unknown> = Promise.resolve();

  constructor(
    readonly spec: ProgramSpec,
    private readonly events: ProgramEvents = {},
  ) {}

  get pid(): number | undefined {
    return this.isRunning ? this.child?.pid : undefined;
  }

  private get isRunning(): boolean {
    return !!this.child?.pid && this.child.exitCode === null && this.child.signalCode === null;
  }

  /**
   * Starts it and waits until it is ready.
   * @throws LocalProblem when it ends or does not become ready
   */
  async start(): Promise<void> {
    fs.rmSync(this.spec.log, { force: true });
    const child = this.spawn();
    const started = Date.now();
    while (!(await this.spec.isReady())) {
      if (this.child !== child || !this.isRunning) throw await this.problem('did not start');
      if (Date.now() - started > START_TIMEOUT_MS) throw await this.problem('is not ready after 90 s');
      await sleep(40);
    }
    this.held = false;
  }

  /** Ends it and leaves it so; by force after `graceMs`. */
  async stop(graceMs = 3_000): Promise<void> {
    this.hold();
    const mark = this.pid === undefined ? undefined : markOf(this.pid);
    if (mark) await endProcess(mark, 'SIGTERM', graceMs);
    if (this.child?.pid) await ended(this.child);
  }

  /** From now on its death is not followed by a new start. */
  hold(): void {
    this.held = true;
    this.waiting?.abort();
  }

  /** Sends a signal; what then happens is what happens to a process that dies or hangs in production. */
  kill(name: NodeJS.Signals): void {
    this.child?.kill(name);
  }

  private spawn(): ChildProcess {
    fs.mkdirSync(path.dirname(this.spec.log), { recursive: true, mode: 0o700 });
    const log = fs.openSync(this.spec.log, 'a', 0o600);
    const output = this.spec.echo ? 'pipe' : log;
    const follow = path.resolve('dist/libs/local/src/follow-parent.js');
    const { nodeFlags = [], entry, args: own = [] } = this.spec;
    const args = [...nodeFlags, '--import', `file://${follow}`, entry, ...own];
    // A session of its own: Ctrl-C in the terminal is for the starter, which stops everything in order.
    const child = spawn(process.execPath, args, {
      env: this.spec.env,
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    });
    if (this.spec.echo) this.copyOutput(child, log);
    else fs.closeSync(log);
    child.on('error', () => undefined);
    child.once('exit', (code, signal) => void this.exited(child, code, signal));
    this.child = child;
    this.startedAt = Date.now();
    const mark = child.pid === undefined ? undefined : markOf(child.pid);
    if (mark) this.events.onSpawn?.(this.spec.name, mark);
    return child;
  }

  private copyOutput(child: ChildProcess, log: number): void {
    const copy = (chunk: Buffer) => {
      fs.writeSync(log, chunk);
      this.spec.echo?.(this.spec.name, chunk.toString());
    };
    child.stdout?.on('data', copy);
    child.stderr?.on('data', copy);
    this.printed = new Promise((resolve) => child.once('close', () => resolve(fs.closeSync(log))));
  }

  private async exited(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    if (this.held) return;
    if (Date.now() - this.startedAt > HEALTHY_MS) this.pause = FIRST_PAUSE_MS;
    const delay = this.pause;
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
    this.events.onRestart?.(this.spec.name, signal ?? `exit code ${code}`, delay);
    this.waiting = new AbortController();
    await sleep(delay, undefined, { signal: this.waiting.signal }).catch(() => undefined);
    if (this.held || this.child !== child) return;
    this.spawn();
  }

  private async problem(what: string): Promise<LocalProblem> {
    this.hold();
    // Its end may be heard before its last words, which say why.
    if (!this.isRunning) await Promise.race([this.printed, sleep(LAST_WORDS_MS)]);
    return new LocalProblem(`${this.spec.name} ${what}${tail(this.spec.log)}`, 'see its log', this.spec.log);
  }
}

/** The last lines of a log without its stacks, indented, as a part of a message. */
function tail(log: string): string {
  const text = fs.existsSync(log) ? fs.readFileSync(log, 'utf8') : '';
  const lines = text.split('\n').filter((line) => line.trim() && !/^\s+at |^node:internal|^Node\.js v/.test(line));
  if (!lines.length) return ', and it printed nothing';
  const shown = lines.slice(-12).map((line) => `    ${line}`);
  return `:\n${shown.join('\n')}`;
}
