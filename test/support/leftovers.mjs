/** Runs that crashed: their processes are ended and their folders removed. */
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/lib/project.mjs';

/** Every run has a folder here, named after the process that owns it. */
export const RUNS = path.join(root, '.gatehouse/test');

/** Ends the runs whose owner is gone. */
export async function endLeftovers(local) {
  if (!fs.existsSync(RUNS)) return;
  for (const name of fs.readdirSync(RUNS)) {
    const dir = path.join(RUNS, name);
    if (!local.readMark(path.join(dir, 'owner.json'))) await endRun(local, dir);
  }
}

/** Ends every server of a run, wherever it keeps its process id, and removes the run's folder. */
export async function endRun(local, dir) {
  for (const entry of fs.readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.name === 'postmaster.pid') await local.endPostgres(path.dirname(file));
    if (entry.name === 'nats.pid' || entry.name === 'starter.json') {
      const mark = local.readMark(file);
      if (mark) await local.endProcess(mark);
    }
  }
  fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
