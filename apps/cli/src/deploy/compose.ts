import fs from 'node:fs';
import path from 'node:path';
import { APPS, DATA_APPS, type AppName } from '#contracts';
import { writePrivate } from '../state/state-folder.js';
import { outsideWorld, type Deployment } from './deployment.js';

/** The unprivileged user of the image; what the apps read belongs to it. */
const APP_UID = 10_001;
/** User of the official Postgres image, which runs its init scripts. */
const POSTGRES_UID = 999;

/** Writes the files that docker-compose.yml names into the deployment's folder. @returns their paths */
export function writeComposeFiles(deployment: Deployment, env: NodeJS.ProcessEnv): string[] {
  const files: Record<string, string> = {
    'nats.conf': deployment.natsConf(),
    'postgres-init.sql': deployment.postgresInit(),
    'postgres.env': `POSTGRES_PASSWORD=${deployment.opened.state.postgres.superuser}\n`,
    'migrate.env': DATA_APPS.map((a) => `DATABASE_URL_${a.toUpperCase()}=${deployment.databaseUrl(a)}\n`).join(''),
    ...Object.fromEntries(APPS.map((app) => [`${app}.env`, appEnv(deployment, app, env)])),
  };
  const paths = Object.entries(files).map(([name, content]) => {
    const file = path.join(deployment.dir, name);
    writePrivate(file, content);
    return file;
  });
  giveToReaders(deployment.dir);
  return paths;
}

function appEnv(deployment: Deployment, app: AppName, env: NodeJS.ProcessEnv): string {
  const { state } = deployment.opened;
  const { smtpUrl, gumroadToken, stores } = outsideWorld(env);
  const own: Partial<Record<AppName, Record<string, string>>> = {
    identity: { ADMIN_USERNAME: state.admin.username, ADMIN_PASSWORD: state.admin.password },
    fulfillment: {
      SMTP_URL: smtpUrl,
      GUMROAD_ACCESS_TOKEN: gumroadToken,
      GUMROAD_WEBHOOK_SECRETS: state.gumroad.webhook_secret,
      ...stores,
    },
  };
  const database = DATA_APPS.find((a) => a === app);
  const values = { ...(database && { DATABASE_URL: deployment.databaseUrl(database) }), ...own[app] };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/**
 * As root (in the init container) the files go to the users that read them: mounted ones to those of the containers,
 * `*.env`, which Compose reads on the host, to whoever owns the folder there. Else they stay with whoever ran this.
 */
function giveToReaders(dir: string): void {
  if (process.getuid?.() !== 0) return;
  const host = fs.statSync(dir).uid;
  for (const entry of fs.readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const uid = entry.name.endsWith('.env') ? host : entry.name === 'postgres-init.sql' ? POSTGRES_UID : APP_UID;
    fs.chownSync(path.join(entry.parentPath, entry.name), uid, uid);
  }
}
