/** Once per run: an up-to-date build, what a crashed run left behind is ended, one Postgres for all test files. */
import fs from 'node:fs';
import path from 'node:path';
import { build, report } from '../../scripts/build.mjs';
import { root } from '../../scripts/lib/project.mjs';
import { endLeftovers, RUNS } from './leftovers.mjs';

/** Nobody misses this data after a power failure. */
const FAST = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '400' };

export default async function globalSetup() {
  report(await build());
  const local = await import(path.join(root, 'dist/libs/local/src/index.js'));
  await endLeftovers(local);
  const dir = path.join(RUNS, String(process.pid));
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  local.writeMark(path.join(dir, 'owner.json'), process.pid);
  const [postgres, nats] = await Promise.all([
    local.startPostgres({
      dir: path.join(dir, 'postgres'),
      password: 'test',
      log: path.join(dir, 'postgres.log'),
      settings: FAST,
    }),
    local.obtainNatsServer(),
  ]);
  process.env.GATEHOUSE_TEST_DIR = dir;
  process.env.GATEHOUSE_TEST_POSTGRES = postgres.url();
  process.env.GATEHOUSE_TEST_RUNNER = String(process.pid);
  process.env.GATEHOUSE_NATS_SERVER = nats;
  globalThis.gatehouseTestRun = { dir, postgres, local };
}
