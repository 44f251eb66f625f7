import fs from 'node:fs';
import path from 'node:path';
import { writeMark } from '#local';

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

/** A new folder below the run's; for a benchmark, below one of its own that the next test run removes. */
export function testDir(prefix: string): string {
  return fs.mkdtempSync(path.join(process.env.GATEHOUSE_TEST_DIR ?? ownDir(), `${prefix}-`));
}

function ownDir(): string {
  const dir = path.resolve('.gatehouse/test', String(process.pid));
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  writeMark(path.join(dir, 'owner.json'), process.pid);
  return dir;
}
