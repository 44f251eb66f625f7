import { setTimeout as sleep } from 'node:timers/promises';
import { BUS_USERS, DATA_APPS, type DataAppName, type PublicKey } from '#contracts';
import { seedFileOf, type DevInfo, type LicensePublicKey, type RunningNats, type RunningPostgres } from '#local';
import { extensionSecrets } from '../state/extension-secrets.js';
import { writePrivate, type StateFolder } from '../state/state-folder.js';
import type { OpenedState } from '../state/state.js';
import { mailWebhookSecret } from './derived-secret.js';
import type { Ports } from './ports.js';
import { storeInfo } from './signing-stores.js';

/** Of a question that the gateway cannot answer yet. */
const MOST_TRIES = 30;

export interface Running {
  folder: StateFolder;
  opened: OpenedState;
  ports: Ports;
  postgres: RunningPostgres;
  nats: RunningNats;
}

export const databaseUrl = ({ postgres, opened }: Pick<Running, 'postgres' | 'opened'>, app: DataAppName): string =>
  postgres.url(app, { name: app, password: opened.state.postgres.roles[app] });

/** Loopback by the name to which browsers and curl send Secure cookies. */
export const publicUrl = (ports: Ports): string => `http://localhost:${ports.public}`;

/** Collects it, once everything is ready. */
export async function gatherDevInfo(running: Running, env: NodeJS.ProcessEnv): Promise<DevInfo> {
  const { folder, ports, nats, opened } = running;
  const { admin, gumroad } = opened.state;
  return {
    public_url: env.PUBLIC_URL || publicUrl(ports),
    internal_url: `http://127.0.0.1:${ports.internal}`,
    nats: { url: nats.url, users: record(BUS_USERS, (user) => seedFileOf(folder.nkeys, user)) },
    postgres: record(DATA_APPS, (app) => databaseUrl(running, app)),
    mail_url: `http://127.0.0.1:${ports.of('mail_http')}`,
    storefront_url: `http://127.0.0.1:${ports.of('storefront')}`,
    providers_url: `http://127.0.0.1:${ports.of('providers')}`,
    extension_secrets: extensionSecrets(folder),
    storefronts: storeInfo({ ports, state: opened.state }),
    gumroad: { webhook_secret: gumroad.webhook_secret },
    mail: { webhook_secret: mailWebhookSecret(opened.state) },
    admin: { username: env.ADMIN_USERNAME || admin.username, password: env.ADMIN_PASSWORD || admin.password },
    internal_callers: opened.internalCallers,
    license_public_keys: await licenseKeys(`http://127.0.0.1:${ports.public}`),
  };
}

export const writeDevInfo = (folder: StateFolder, info: DevInfo): void =>
  writePrivate(folder.devJson, `${JSON.stringify(info, null, 2)}\n`);

function record<K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
}

/** The keys that blobs are verified with, the signing one first. While everything starts an answer may be late. */
export async function licenseKeys(url: string): Promise<LicensePublicKey[]> {
  let response = await fetch(`${url}/v1/license/keys`);
  for (let tries = 1; response.status === 503 && tries < MOST_TRIES; tries++) {
    await sleep(1_000);
    response = await fetch(`${url}/v1/license/keys`);
  }
  if (!response.ok) throw new Error(`${url}/v1/license/keys answers ${response.status}`);
  const { keys } = (await response.json()) as { keys: Pick<PublicKey, 'kid' | 'purpose' | 'state' | 'jwk'>[] };
  return keys
    .filter(({ purpose }) => purpose === 'license_blob')
    .sort((a, b) => Number(b.state === 'active') - Number(a.state === 'active'))
    .map(({ kid, jwk }) => ({ kid, key: String(jwk.x) }));
}
