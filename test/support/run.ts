import fs from 'node:fs';
import path from 'node:path';

/** What jest's global setup hands to every test file. */
export interface TestRun {
  /** Folder of this run; removed when it ends, or by the next run after a crash. */
  dir: string;
  /** Address of the run's one Postgres, for its superuser. */
  postgresUrl: string;
}

/** @throws Error outside of jest */
export function testRun(): TestRun {
  const { GATEHOUSE_TEST_DIR: dir, GATEHOUSE_TEST_POSTGRES: postgresUrl } = process.env;
  if (!dir || !postgresUrl) throw new Error('there is no test run: start tests with `npm test` or `npx jest`');
  return { dir, postgresUrl };
}

/** A new folder below the run's. */
export function testDir(prefix: string): string {
  return fs.mkdtempSync(path.join(testRun().dir, `${prefix}-`));
}
