/** Ends what the run started and removes its folder. */
import { endRun } from './leftovers.mjs';

/** After this long, whatever a test has left open does not keep the run from ending. */
const PATIENCE_MS = 20_000;

export default async function globalTeardown() {
  const { dir, postgres, local } = globalThis.gatehouseTestRun;
  await postgres.stop();
  await endRun(local, dir);
  setTimeout(endAnyhow, PATIENCE_MS).unref();
}

/** A suite that fails as it starts may not get to close what it has opened: that is a failed run, and no endless one. */
function endAnyhow() {
  process.stderr.write('\nA test has left a server, socket or timer open: --detectOpenHandles tells which.\n');
  process.exit(1);
}
