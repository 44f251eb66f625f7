import fs from 'node:fs';
import path from 'node:path';
import { renderNatsConf } from '#bus';
import { DATA_APPS, type BusUser, type DataAppName } from '#contracts';
import { seedFileOf } from '#local';
import { openState, type OpenedState } from '../state/state.js';
import { StateFolder } from '../state/state-folder.js';

/** Ports and folders inside the containers. */
const NATS = { port: 4222, storeDir: '/data', host: '0.0.0.0' };

/** Keys, passwords and generated files of one deployment, made once and kept in a state folder. */
export class Deployment {
  private constructor(
    private readonly folder: StateFolder,
    readonly opened: OpenedState,
  ) {}

  static open(dir: string): Deployment {
    const folder = new StateFolder(path.resolve(dir));
    return new Deployment(folder, openState(folder, path.resolve('config/internal-callers.yaml')));
  }

  get dir(): string {
    return this.folder.dir;
  }

  /** The broker's configuration, with the allow-lists of every bus user. */
  natsConf(): string {
    return renderNatsConf({ ...NATS, users: this.opened.busUsers });
  }

  seed(user: BusUser): string {
    return fs.readFileSync(seedFileOf(this.folder.nkeys, user), 'utf8');
  }

  /** The 32 bytes of the key-encryption key; no text. */
  kek(): Buffer {
    return fs.readFileSync(this.folder.kek);
  }

  databaseUrl(app: DataAppName): string {
    return `postgres://${app}:${this.opened.state.postgres.roles[app]}@postgres:5432/${app}`;
  }

  /** A role and a database for each app that owns data; nobody else may connect to it. */
  postgresInit(): string {
    return DATA_APPS.map(
      (app) =>
        `CREATE ROLE ${app} LOGIN PASSWORD '${this.opened.state.postgres.roles[app]}';\n` +
        `CREATE DATABASE ${app} OWNER ${app};\n` +
        `REVOKE CONNECT ON DATABASE ${app} FROM PUBLIC;\n`,
    ).join('');
  }
}

/** Of stores that are sold at: their API keys, and what they sign with. */
const STORE_SETTINGS = ['LEMONSQUEEZY', 'PADDLE', 'STRIPE'].flatMap((store) => [
  `${store}_API_KEY`,
  `${store}_WEBHOOK_SECRETS`,
]);

interface OutsideWorld {
  smtpUrl: string;
  gumroadToken: string;
  /** By the name of the setting; those that are set. */
  stores: Record<string, string>;
}

/** What only the operator can know, read from the environment when the deployment's files are made. */
export const outsideWorld = (env: NodeJS.ProcessEnv): OutsideWorld => ({
  smtpUrl: env.SMTP_URL ?? 'smtp://localhost:25',
  gumroadToken: env.GUMROAD_ACCESS_TOKEN ?? '',
  stores: Object.fromEntries(STORE_SETTINGS.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
});
