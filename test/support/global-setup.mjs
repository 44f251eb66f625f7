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
  const { stalling } = await import(path.join(root, 'dist/test/support/stalling.js'));
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
  process.env.GATEHOUSE_TEST_NKEYS = await makeBusKeys(path.join(dir, 'nkeys'), local);
  process.env.GATEHOUSE_TEST_POSTGRES = await stalling(postgres.url());
  process.env.GATEHOUSE_TEST_RUNNER = String(process.pid);
  process.env.GATEHOUSE_NATS_SERVER = nats;
  globalThis.gatehouseTestRun = { dir, postgres, local };
}

/** @returns the folder of the key pairs that all brokers of the run know, and of their public halves */
async function makeBusKeys(dir, { ensureNkeys }) {
  const { BUS_USERS } = await import(path.join(root, 'dist/libs/contracts/src/index.js'));
  const users = ensureNkeys(dir, BUS_USERS);
  fs.writeFileSync(path.join(dir, 'public.json'), JSON.stringify(users));
  return dir;
}
