import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { DATA_APPS, type BusUser } from '#contracts';
import { LocalProblem, seedFileOf } from '#local';
import type { StateFolder } from '../state/state-folder.js';
import { databaseUrl, type Running } from './dev-info.js';

/*
 * Steps of a start that need the bus or the ORM run as commands of their own: what they load would otherwise stay in
 * the starter's memory for as long as the system runs.
 */

const CLI = 'dist/apps/cli/src/main.js';

interface Outcome {
  code: number | null;
  output: string;
}

/** Tables of all databases, streams of the broker. */
export async function migrateStack(running: Running): Promise<void> {
  const { folder, nats } = running;
  const urls = DATA_APPS.map((app) => [`DATABASE_URL_${app.toUpperCase()}`, databaseUrl(running, app)]);
  const broker = { NATS_URL: nats.url, NATS_SEED_FILE: seedFileOf(folder.nkeys, 'operator') };
  const log = folder.log('migrate');
  const { code } = await command('migrate', { log, env: { ...Object.fromEntries(urls), ...broker } });
  if (code === 0) return;
  const said = fs.readFileSync(log, 'utf8').trim();
  throw new LocalProblem(`the migration of the embedded databases failed:\n${said}`, 'see its log', log);
}

/** The configuration of the embedded broker, from the contracts. */
export async function brokerConf(
  folder: StateFolder,
  options: { port: number; storeDir: string; users: Record<BusUser, string> },
): Promise<string> {
  const log = folder.log('nats-conf');
  const { code, output } = await command('nats-conf', { log, input: JSON.stringify(options) });
  if (code === 0) return output;
  const said = fs.readFileSync(log, 'utf8').trim();
  throw new LocalProblem(`the configuration of the broker could not be made:\n${said}`, 'see its log', log);
}

/** Runs a command to its end; with an `input` its output is returned, else it goes to the log. */
async function command(
  name: string,
  { log, env, input }: { log: string; env?: NodeJS.ProcessEnv; input?: string },
): Promise<Outcome> {
  const file = fs.openSync(log, 'w', 0o600);
  const child = spawn(process.execPath, [path.resolve(CLI), name], {
    env: { ...process.env, ...env },
    stdio: ['pipe', input === undefined ? file : 'pipe', file],
  });
  fs.closeSync(file);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve).once('error', () => resolve(null)));
  child.stdin?.on('error', () => undefined).end(input);
  const output = child.stdout ? await text(child.stdout) : '';
  return { code: await ended, output };
}
