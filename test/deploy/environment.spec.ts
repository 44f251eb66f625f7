import fs from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { readConfig } from '#boot';
import { APPS, DATA_APPS, type AppName } from '#contracts';
import { FulfillmentConfig } from '../../apps/fulfillment/src/fulfillment.config.js';
import { GatewayConfig } from '../../apps/gateway/src/gateway.config.js';
import { IdentityConfig } from '../../apps/identity/src/identity.config.js';
import { LicensingConfig } from '../../apps/licensing/src/licensing.config.js';
import { RealtimeConfig } from '../../apps/realtime/src/realtime.config.js';
import { SecretsConfig } from '../../apps/secrets/src/secrets.config.js';
import { writeComposeFiles } from '../../apps/cli/src/deploy/compose.js';
import { Deployment } from '../../apps/cli/src/deploy/deployment.js';
import { kubernetesSecrets } from '../../apps/cli/src/deploy/kubernetes.js';
import { testDir } from '../support/run.js';
import { composeEnvironment, podEnvironment, secretsIn, type Env, type Secrets } from './app-environment.js';
import { overlays, render } from './kustomize.js';
import { ofKind, type Manifest } from './manifest.js';

const CONFIGS: Record<AppName, new () => object> = {
  gateway: GatewayConfig,
  identity: IdentityConfig,
  licensing: LicensingConfig,
  fulfillment: FulfillmentConfig,
  realtime: RealtimeConfig,
  secrets: SecretsConfig,
};
/** What the operator brings along. */
const OPERATOR = {
  SMTP_URL: 'smtps://user:pass@mail.example.com',
  GUMROAD_ACCESS_TOKEN: 'token-of-the-store',
  STRIPE_API_KEY: 'rk_live_that_may_read',
  STRIPE_WEBHOOK_SECRETS: 'whsec_of_the_endpoint',
};
const state = testDir('deployment');
const deployment = Deployment.open(state);

function expectComplete(app: AppName, env: Env): void {
  expect(readConfig(CONFIGS[app], env)).toMatchObject({ profile: 'production' });
  if (app === 'secrets') expect(fs.readFileSync(env.KEK_FILE!)).toHaveLength(32);
}

function expectStores(env: Env): void {
  const config = readConfig(FulfillmentConfig, env);
  const [apiKey, secrets] = [OPERATOR.STRIPE_API_KEY, [OPERATOR.STRIPE_WEBHOOK_SECRETS]];
  expect(config.settingsOf('stripe')).toEqual({ apiUrl: 'https://api.stripe.com', apiKey, secrets });
  expect([config.settingsOf('paddle'), config.settingsOf('lemonsqueezy')]).toEqual([null, null]);
}

function expectMigration(env: Env): void {
  for (const app of DATA_APPS) expect(env[`DATABASE_URL_${app.toUpperCase()}`]).toContain(`@postgres:5432/${app}`);
  expect(env.NATS_URL).toBe('nats://nats:4222');
  expect(fs.readFileSync(env.NATS_SEED_FILE!, 'utf8')).toMatch(/^SU[A-Z2-7]{56}$/);
}

describe.each(overlays())('the environment that the overlay %s sets', (overlay) => {
  let docs: Manifest[];
  let secrets: Secrets;
  beforeAll(async () => {
    docs = await render(overlay);
    const text = kubernetesSecrets(deployment, 'any', OPERATOR);
    secrets = secretsIn(parseAllDocuments(text).map((document) => document.toJS() as Manifest));
  }, 180_000);

  const environment = (kind: string, name: string, of = secrets): Env => {
    const workload = ofKind(docs, kind).find(({ metadata }) => metadata.name === name)!;
    return podEnvironment(docs, workload, of, testDir(path.basename(name)));
  };

  it.each(APPS)('OPS17: is all that %s needs', (app) => expectComplete(app, environment('Deployment', app)));

  it('hands on the stores that the operator sells at, and no others', () =>
    expectStores(environment('Deployment', 'fulfillment')));

  it('is all that the migration needs', () => expectMigration(environment('Job', 'migrate')));

  it('is found wanting when a secret has no such key', () => {
    const without = { ...secrets, 'gatehouse-identity': { 'nats.seed': 'x' } };
    expect(() => readConfig(IdentityConfig, environment('Deployment', 'identity', without))).toThrow(/DATABASE_URL/);
  });
});

describe('the environment that docker-compose.yml sets', () => {
  beforeAll(() => void writeComposeFiles(deployment, OPERATOR));

  it('hands on the stores that the operator sells at, and no others', () =>
    expectStores(composeEnvironment('fulfillment', state)));

  it.each(APPS)('is all that %s needs', (app) => expectComplete(app, composeEnvironment(app, state)));

  it('is all that the migration needs', () => expectMigration(composeEnvironment('migrate', state)));
});
