import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { DevInfo } from '#local';

const CLI = path.resolve(__dirname, '../../dist/apps/cli/src/main.js');

/** Runs the command line as the creator of the products does, over the internal API. @throws when it does not exit with 0 */
export function gatehouse(
  dev: DevInfo,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<{ stdout: string; stderr: string }> {
  const env = {
    PATH: process.env.PATH,
    GATEHOUSE_URL: dev.public_url,
    GATEHOUSE_INTERNAL_URL: dev.internal_url,
    GATEHOUSE_CALLER_SECRET: dev.internal_callers['creator-cli'],
    ...more,
  };
  return promisify(execFile)(process.execPath, [CLI, ...args], { env });
}
