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

/** Ends every process of a run, wherever it keeps its id, and removes the run's folder. */
export async function endRun(local, dir) {
  const files = filesOf(dir);
  const named = (name) => files.filter((file) => path.basename(file) === name);
  // Starters first: they end their own servers in order.
  for (const file of [...named('starter.json'), ...named('nats.pid')]) {
    const mark = local.readMark(file);
    if (mark && mark.pid !== process.pid) await local.endProcess(mark, 'SIGTERM', 8_000);
  }
  for (const file of named('postmaster.pid')) await local.endPostgres(path.dirname(file));
  fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

/** Of what another run is removing at this moment nothing is left to be ended. */
function filesOf(dir) {
  try {
    return fs.readdirSync(dir, { recursive: true }).map((name) => path.join(dir, name));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
