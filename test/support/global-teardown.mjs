/** Ends what the run started and removes its folder. */
import { endRun } from './leftovers.mjs';

export default async function globalTeardown() {
  const { dir, postgres, local } = globalThis.gatehouseTestRun;
  await postgres.stop();
  await endRun(local, dir);
}
