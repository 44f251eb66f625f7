import { stringify } from 'yaml';
import { DATA_APPS, APPS, type AppName, type DataAppName } from '#contracts';
import { outsideWorld, type Deployment } from './deployment.js';

/** Text goes into `stringData`, bytes into `data`. */
type Data = Record<string, string | Buffer>;

/** The Secrets that `k8s/README.md` lists, as one YAML stream for `kubectl apply -f -`. */
export function kubernetesSecrets(deployment: Deployment, namespace: string, env: NodeJS.ProcessEnv): string {
  const secrets: Record<string, Data> = {
    ...Object.fromEntries(APPS.map((app) => [`gatehouse-${app}`, appData(deployment, app, env)])),
    'gatehouse-migrate': Object.fromEntries(
      DATA_APPS.map((app) => [`DATABASE_URL_${app.toUpperCase()}`, deployment.databaseUrl(app)]),
    ),
    'gatehouse-migrate-seed': { 'nats.seed': deployment.seed('operator') },
    'gatehouse-nats': { 'nats.conf': deployment.natsConf() },
    'gatehouse-postgres': {
      password: deployment.opened.state.postgres.superuser,
      'init.sql': deployment.postgresInit(),
    },
  };
  return Object.entries(secrets)
    .map(([name, values]) => stringify(secret({ name, namespace }, values)))
    .join('---\n');
}

function secret(metadata: { name: string; namespace: string }, values: Data): object {
  const data: Record<string, string> = {};
  const stringData: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === 'string') stringData[key] = value;
    else data[key] = value.toString('base64');
  }
  return { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data, stringData };
}

function appData(deployment: Deployment, app: AppName, env: NodeJS.ProcessEnv): Data {
  const { state, internalCallers } = deployment.opened;
  const { smtpUrl, gumroadToken, stores } = outsideWorld(env);
  const keyOf = (name: string): string => name.toLowerCase().replaceAll('_', '-');
  const own: Partial<Record<AppName, Data>> = {
    gateway: { 'internal-callers.json': JSON.stringify(internalCallers) },
    identity: { 'admin-password': state.admin.password },
    fulfillment: {
      'smtp-url': smtpUrl,
      'gumroad-access-token': gumroadToken,
      'gumroad-webhook-secrets': state.gumroad.webhook_secret,
      ...Object.fromEntries(Object.entries(stores).map(([name, value]) => [keyOf(name), value])),
    },
    secrets: { kek: deployment.kek() },
  };
  const isData = (DATA_APPS as readonly string[]).includes(app);
  const database: Data = isData ? { 'database-url': deployment.databaseUrl(app as DataAppName) } : {};
  return { 'nats.seed': deployment.seed(app), ...database, ...own[app] };
}
