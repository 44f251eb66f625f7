import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that cannot be mistaken for a later one with the same id. */
export interface ProcessMark {
  pid: number;
  /** When it started, in the form that the operating system gives. */
  started: string;
}

/** @returns when the process started; undefined when there is none, or only a zombie of it */
export function startedAt(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      // The command stands in brackets and may hold anything; the fields behind the last bracket are fixed.
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    const [state, ...start] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return !state || state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}

/** @returns the mark of a living process */
export function markOf(pid: number): ProcessMark | undefined {
  const started = startedAt(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether exactly this process still lives. */
export const isAlive = (mark: ProcessMark): boolean => startedAt(mark.pid) === mark.started;

/** Reads a mark that {@link writeMark} left; undefined when there is none or its process is gone. */
export function readMark(file: string): ProcessMark | undefined {
  try {
    const mark = JSON.parse(fs.readFileSync(file, 'utf8')) as ProcessMark;
    return isAlive(mark) ? mark : undefined;
  } catch {
    return undefined;
  }
}

/** The file is there whole or not at all: what cannot be read counts as left behind, and its process would be ended. */
export function writeMark(file: string, pid: number): void {
  const mark = markOf(pid);
  if (!mark) return;
  const draft = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(draft, JSON.stringify(mark), { mode: 0o600 });
  fs.renameSync(draft, file);
}

/** Sends the signal if exactly this process still lives. */
export function signal(mark: ProcessMark, name: NodeJS.Signals): void {
  if (!isAlive(mark)) return;
  try {
    process.kill(mark.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Ends a process: politely first, by force when it is still there after `graceMs`. */
export async function endProcess(
  mark: ProcessMark,
  polite: NodeJS.Signals = 'SIGTERM',
  graceMs = 4_000,
): Promise<void> {
  signal(mark, polite);
  for (const started = Date.now(); isAlive(mark); await sleep(15)) {
    if (Date.now() - started > graceMs) break;
  }
  signal(mark, 'SIGKILL');
  while (isAlive(mark)) await sleep(15);
}

/**
 * Watches over a server that does not notice when its parent dies: sends it `name` when this process is gone,
 * however that came about.
 * @returns what calls the guard off
 */
export function guard(pid: number, name: 'INT' | 'TERM'): () => void {
  // `read` ends when the other end of its pipe, which only this process holds, is closed.
  const script = 'trap "" INT TERM HUP; read -r _; kill -s "$1" "$2" 2>/dev/null';
  const watcher = spawn('/bin/sh', ['-c', script, 'guard', name, String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  watcher.on('error', () => undefined);
  watcher.unref();
  (watcher.stdin as unknown as { unref?: () => void }).unref?.();
  return () => void watcher.kill('SIGKILL');
}

/** Resolves when the child has ended, at once when it already has. */
export const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));
