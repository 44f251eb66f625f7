import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { markOf, type DevInfo } from '#local';
import { testRun } from './run.js';

/**
 * The whole built system, as `gatehouse start` brings it up. Whoever asks first starts it; all test files of a run
 * share it, and the run's end ends it.
 */
export async function stack(): Promise<DevInfo> {
  const dir = path.join(testRun().dir, 'shared');
  if (isFirst(dir)) launch(dir);
  for (;;) {
    const info = read<DevInfo>(path.join(dir, 'dev.json'));
    if (info) return info;
    const starter = read<number>(path.join(dir, 'pid'));
    if (starter !== undefined && !markOf(starter)) {
      throw new Error(`the system did not start:\n${fs.readFileSync(path.join(dir, 'start.log'), 'utf8')}`);
    }
    await sleep(50);
  }
}

/** Making the folder is the lock. */
function isFirst(dir: string): boolean {
  try {
    fs.mkdirSync(dir, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Detached: it outlives the worker that happened to ask first, and ends with the run. */
function launch(dir: string): void {
  const output = fs.openSync(path.join(dir, 'start.log'), 'w', 0o600);
  const child = spawn(process.execPath, [path.resolve('dist/apps/cli/src/main.js'), 'start'], {
    detached: true,
    stdio: ['ignore', output, output],
    env: {
      ...process.env,
      GATEHOUSE_DIR: dir,
      GATEHOUSE_FSYNC: 'off',
      GATEHOUSE_FOLLOW_PID: process.env.GATEHOUSE_TEST_RUNNER,
      PUBLIC_PORT: '0',
      INTERNAL_PORT: '0',
    },
  });
  fs.closeSync(output);
  child.unref();
  fs.writeFileSync(path.join(dir, 'pid'), String(child.pid));
}

function read<T>(file: string): T | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
