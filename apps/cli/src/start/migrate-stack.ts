import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { DATA_APPS } from '#contracts';
import { LocalProblem, seedFileOf } from '#local';
import { databaseUrl, type Running } from './dev-info.js';

/**
 * Runs `gatehouse migrate` on the running servers, in a process of its own: what it loads would otherwise stay in
 * the starter's memory for as long as that runs.
 */
export async function migrateStack(running: Running): Promise<void> {
  const { folder, nats } = running;
  const urls = DATA_APPS.map((app) => [`DATABASE_URL_${app.toUpperCase()}`, databaseUrl(running, app)]);
  const log = folder.log('migrate');
  const output = fs.openSync(log, 'w', 0o600);
  const child = spawn(process.execPath, [path.resolve('dist/apps/cli/src/main.js'), 'migrate'], {
    env: {
      ...process.env,
      ...Object.fromEntries(urls),
      NATS_URL: nats.url,
      NATS_SEED_FILE: seedFileOf(folder.nkeys, 'operator'),
    },
    stdio: ['ignore', output, output],
  });
  fs.closeSync(output);
  const code = await new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  if (code === 0) return;
  const said = fs.readFileSync(log, 'utf8').trim();
  throw new LocalProblem(`the migration of the embedded databases failed:\n${said}`, 'see its log', log);
}
