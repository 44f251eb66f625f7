/** `npm test`: installs, builds and fetches what is missing, then runs jest. Further arguments are jest's. */
import fs from 'node:fs';
import path from 'node:path';
import { run } from './lib/cli.mjs';
import { prepare } from './lib/prepare.mjs';
import { isMain, root } from './lib/project.mjs';

const COUNTS = path.join(root, '.cache/test-counts.json');

/**
 * Runs the tests.
 * @param {string[]} args arguments for jest
 * @returns {Promise<{ ok: boolean, passed: number, failed: number }>} counts of tests; a file that cannot run is one failure
 */
export async function test(args = []) {
  await prepare();
  fs.rmSync(COUNTS, { force: true });
  const jest = path.join(root, 'node_modules/jest/bin/jest.js');
  const reporters = ['--reporters=default', `--reporters=${path.join(root, 'test/support/summary-reporter.mjs')}`];
  const code = await run(process.execPath, [jest, ...reporters, ...args], {
    env: { ...process.env, GATEHOUSE_TEST_COUNTS: COUNTS },
  });
  const counts = fs.existsSync(COUNTS) ? JSON.parse(fs.readFileSync(COUNTS, 'utf8')) : { passed: 0, failed: 1 };
  return { ok: code === 0, ...counts, failed: code !== 0 ? Math.max(counts.failed, 1) : counts.failed };
}

if (isMain(import.meta)) {
  const { ok } = await test(process.argv.slice(2));
  process.exitCode = ok ? 0 : 1;
}
