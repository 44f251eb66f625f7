import fs from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { DATA_APPS, type DataAppName } from '#contracts';
import { LocalProblem, readMark, seedFileOf, type DevInfo } from '#local';
import { readJson, StateFolder } from '../state/state-folder.js';

/** Where the databases and the broker are. */
interface Target {
  databases: Partial<Record<DataAppName, string>>;
  nats?: { url: string; seedFile: string };
}

/** `gatehouse migrate`: tables of every database, streams and consumers of the broker. */
export const migrateCommand = (): Command =>
  new Command('migrate')
    .description('bring all databases and the streams of the broker up to date')
    .addHelpText(
      'after',
      '\nDATABASE_URL_<APP> names a database, NATS_URL and NATS_SEED_FILE (bus user operator) the broker;\n' +
        'without any of them the running embedded ones are meant.',
    )
    .action(async () => migrateAll(targetOf(process.env)));

const variable = (app: DataAppName): string => `DATABASE_URL_${app.toUpperCase()}`;

function targetOf(env: NodeJS.ProcessEnv): Target {
  const named = DATA_APPS.filter((app) => env[variable(app)]);
  if (!named.length && !env.NATS_URL) return embedded(StateFolder.fromEnv(env));
  const databases = Object.fromEntries(named.map((app) => [app, env[variable(app)]]));
  if (!env.NATS_URL) return { databases };
  if (!env.NATS_SEED_FILE) {
    throw new LocalProblem(
      'NATS_SEED_FILE is missing: only the bus user operator may make streams',
      'set NATS_SEED_FILE to the nkey seed file of the bus user operator',
    );
  }
  return { databases, nats: { url: env.NATS_URL, seedFile: env.NATS_SEED_FILE } };
}

function embedded(folder: StateFolder): Target {
  const info = readMark(folder.starter) && readJson<DevInfo>(folder.devJson);
  if (!info) {
    throw new LocalProblem(
      'nothing to migrate is named, and no embedded system is running',
      `set ${DATA_APPS.map(variable).join(', ')} and NATS_URL; \`npm start\` migrates the embedded ones by itself`,
    );
  }
  return { databases: info.postgres, nats: { url: info.nats.url, seedFile: seedFileOf(folder.nkeys, 'operator') } };
}

async function migrateAll({ databases, nats }: Target): Promise<void> {
  const { migrate } = await import('#persistence');
  const works = Object.entries(databases).map(async ([app, url]) => {
    const { migrations } = (await import(migrationsOf(app))) as Pick<Parameters<typeof migrate>[0], 'migrations'>;
    say(app, await migrate({ app: app as DataAppName, url, migrations }));
  });
  if (nats) works.push(import('#bus').then(async ({ ensureStreams }) => say('streams', await ensureStreams(nats))));
  const failed = (await Promise.allSettled(works)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** The command is the one place that knows the tables of all apps; it finds them where every app keeps them. */
function migrationsOf(app: string): string {
  const file = path.resolve(`dist/apps/${app}/src/migrations/index.js`);
  if (!fs.existsSync(file)) throw new LocalProblem(`${file} is missing`, 'run `npm run build`');
  return file;
}

const say = (what: string, done: string[]): void =>
  void process.stdout.write(`${what}: ${done.length ? done.join(', ') : 'up to date'}\n`);
