import os from 'node:os';
import path from 'node:path';
import { APPS, DATA_APPS, type AppName, type DataAppName } from '#contracts';
import { answers, seedFileOf, type ProgramSpec } from '#local';
import { extensionSecrets } from '../state/extension-secrets.js';
import { mailWebhookSecret } from './derived-secret.js';
import { databaseUrl, publicUrl, type Running } from './dev-info.js';
import { connectorsOf, providersOf, standInProviders } from './sign-in-providers.js';
import { SIGNING_STORES, standInStores, storesOf } from './signing-stores.js';

/**
 * Eight Node processes share this machine with a browser and an editor: they keep their heaps smaller than a server
 * would. Benchmarks set GATEHOUSE_NODE_FLAGS to nothing.
 */
const NODE_FLAGS = '--max-semi-space-size=1 --optimize-for-size';
const SMALL_HEAP = { MALLOC_ARENA_MAX: '2' };

/** Says how each program of the development profile is started. */
export class Programs {
  constructor(
    private readonly running: Running,
    private readonly env: NodeJS.ProcessEnv,
    private readonly echo?: ProgramSpec['echo'],
  ) {}

  /** The six apps, each ready when its own readiness says so. */
  apps(): ProgramSpec[] {
    return APPS.map((app) => {
      const port = app === 'gateway' ? this.running.ports.internal : this.running.ports.of(app);
      return this.spec(app, this.appEnv(app, port), () => isReady(port));
    });
  }

  /** The buyer's mailbox and the storefront. */
  standIns(): ProgramSpec {
    const { folder, ports, opened } = this.running;
    const { webhook_secret, access_token } = opened.state.gumroad;
    const env = {
      LOG_LEVEL: 'info',
      ...this.env,
      MAIL_SMTP_PORT: String(ports.of('mail_smtp')),
      MAIL_HTTP_PORT: String(ports.of('mail_http')),
      STOREFRONT_PORT: String(ports.of('storefront')),
      ...standInStores({ ports, state: opened.state }),
      ...standInProviders(ports.of('providers'), extensionSecrets(folder)),
      GUMROAD_ACCESS_TOKEN: access_token,
      GUMROAD_PING_URL: `http://127.0.0.1:${ports.public}/webhooks/gumroad/${webhook_secret}`,
    };
    const servers = ['mail_smtp', 'mail_http', 'storefront', 'providers', ...SIGNING_STORES].map((name) =>
      ports.of(name),
    );
    return this.spec('stand-ins', env, async () => (await Promise.all(servers.map(answers))).every(Boolean));
  }

  private get nodeFlags(): string[] {
    return (this.env.GATEHOUSE_NODE_FLAGS ?? NODE_FLAGS).split(' ').filter(Boolean);
  }

  private spec(name: string, env: NodeJS.ProcessEnv, ready: () => Promise<boolean>): ProgramSpec {
    const entry = path.resolve(`dist/apps/${name}/src/main.js`);
    return {
      name,
      entry,
      nodeFlags: this.nodeFlags,
      env: { ...SMALL_HEAP, ...env },
      log: this.running.folder.log(name),
      echo: this.echo,
      isReady: ready,
    };
  }

  /** Defaults give way to the developer's own environment; what connects the parts does not. */
  private appEnv(app: AppName, internalPort: number): NodeJS.ProcessEnv {
    const { folder, nats, ports } = this.running;
    const isData = (DATA_APPS as readonly string[]).includes(app);
    return {
      LOG_LEVEL: 'info',
      PUBLIC_URL: publicUrl(ports),
      DRAIN_SECONDS: '3',
      ...this.defaults(app),
      ...this.env,
      GATEHOUSE_PROFILE: 'development',
      NATS_URL: nats.url,
      NATS_SEED_FILE: seedFileOf(folder.nkeys, app),
      INTERNAL_HOST: (app === 'gateway' && this.env.INTERNAL_HOST) || '127.0.0.1',
      INTERNAL_PORT: String(internalPort),
      ...(isData && { DATABASE_URL: databaseUrl(this.running, app as DataAppName) }),
      ...this.wiring(app),
    };
  }

  private defaults(app: AppName): NodeJS.ProcessEnv {
    const { opened, ports } = this.running;
    const { username, password } = opened.state.admin;
    const byApp: Partial<Record<AppName, NodeJS.ProcessEnv>> = {
      gateway: { PUBLIC_HOST: '127.0.0.1', RATE_LIMIT_FACTOR: '100', STAFF_SECOND_FACTOR: 'false' },
      // Node reads it when it starts: as many hashes at once as there are cores, no more threads than that.
      identity: {
        ADMIN_USERNAME: username,
        ADMIN_PASSWORD: password,
        ...providersOf(`http://127.0.0.1:${ports.of('providers')}`),
        RATE_LIMIT_FACTOR: '100',
        UV_THREADPOOL_SIZE: String(os.availableParallelism()),
      },
      secrets: {
        LICENSE_ISSUER: 'gatehouse.localhost',
        LICENSE_PRODUCT: 'datatools',
        ...connectorsOf(`http://127.0.0.1:${ports.of('providers')}`),
      },
      fulfillment: { MAIL_FROM: 'Gatehouse <licenses@gatehouse.localhost>', GUMROAD_CONFIRM: 'true' },
    };
    return byApp[app] ?? {};
  }

  private wiring(app: AppName): NodeJS.ProcessEnv {
    const { folder, ports, opened } = this.running;
    const { webhook_secret, access_token } = opened.state.gumroad;
    const byApp: Partial<Record<AppName, NodeJS.ProcessEnv>> = {
      gateway: {
        PUBLIC_PORT: String(ports.public),
        REALTIME_URL: `http://127.0.0.1:${ports.of('realtime')}`,
        INTERNAL_CALLERS_FILE: path.resolve('config/internal-callers.yaml'),
        INTERNAL_CALLER_SECRETS_FILE: folder.internalCallers,
      },
      identity: {
        CLIENTS_FILE: path.resolve('config/clients.yaml'),
        EXTENSION_SECRETS_FILE: folder.extensionSecrets,
      },
      licensing: { PLANS_FILE: path.resolve('config/plans.yaml') },
      secrets: { KEK_FILE: folder.kek },
      fulfillment: {
        SMTP_URL: `smtp://127.0.0.1:${ports.of('mail_smtp')}`,
        GUMROAD_API_URL: `http://127.0.0.1:${ports.of('storefront')}`,
        GUMROAD_ACCESS_TOKEN: access_token,
        GUMROAD_WEBHOOK_SECRETS: webhook_secret,
        MAIL_WEBHOOK_SECRETS: mailWebhookSecret(opened.state),
        ...storesOf({ ports, state: opened.state }),
        PRODUCTS_FILE: path.resolve('config/products.yaml'),
      },
    };
    return byApp[app] ?? {};
  }
}

/** Whether the app whose internal listener has that port is ready. */
export async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
