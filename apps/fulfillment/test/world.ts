import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { INestMicroservice, ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { BootModule, Log } from '#boot';
import { Bus, BusModule, BusServer } from '#bus';
import { RecordStorefrontEvent, Refusal, type AppName } from '#contracts';
import { PersistenceModule } from '#persistence';
import { testBroker, testDatabase, type TestBroker, type TestDatabase } from '../../../test/support/index.js';
import { startMailStandIn, type MailStandIn } from '../../stand-ins/src/mail/mail-stand-in.js';
import { startStorefrontStandIn, type StorefrontStandIn } from '../../stand-ins/src/storefront/storefront-stand-in.js';
import { FulfillmentConfig } from '../src/fulfillment.config.js';
import { FulfillmentModule } from '../src/fulfillment.module.js';
import { patient, waitLongForDatabase } from '../../../test/support/patient.js';
import { migrations } from '../src/migrations/index.js';
import { FakeIdentity } from './fake-identity.js';
import { FakeLicensing, LicenseBook } from './fake-licensing.js';
import { FakeSoldTerms } from './fake-sold-terms.js';
import { Stillness } from './stillness.js';

export const SECRETS = { current: 'current-secret-of-the-ping', previous: 'previous-secret-of-the-ping' };
const PRODUCTS = join(__dirname, '../../../config/products.yaml');

/** The relay takes events out of the outbox as soon as they are published; this keeps a copy. */
const KEEP_EVENTS = `
  create table told (event text, data jsonb);
  create function keep_event() returns trigger language plpgsql as
    $$ begin insert into told values (new.event, new.data); return new; end $$;
  create trigger keep_event after insert on outbox for each row execute function keep_event()`;

interface Running {
  module: TestingModule;
  stop(): Promise<void>;
}

async function run(
  imports: NonNullable<ModuleMetadata['imports']>,
  more: ModuleMetadata = {},
  log?: Log,
): Promise<Running> {
  const built = Test.createTestingModule({ imports, ...more });
  if (log) built.overrideProvider(Log).useValue(log);
  const module = await built.compile();
  const app: INestMicroservice = module.createNestMicroservice({ strategy: module.get(BusServer, { strict: false }) });
  await app.listen();
  return { module, stop: () => app.close() };
}

/** The status that the gateway gives the answer of the webhook's command. */
const statusOf = (error: unknown): number => {
  const kind = error instanceof Refusal ? error.kind : 'internal';
  return { unauthenticated: 401, unavailable: 503, invalid: 400 }[kind as string] ?? 500;
};

/** Fulfillment whole, on its own database and broker, with the stand-ins outside and its neighbours by contract. */
export class World {
  readonly book = new LicenseBook();
  readonly logLines: string[] = [];
  database!: TestDatabase;
  mail!: MailStandIn;
  shop!: StorefrontStandIn;
  identity!: FakeIdentity;
  private broker!: TestBroker;
  private gateway!: Running;
  private door!: Server;
  private neighbours: { running: Running; database: TestDatabase }[] = [];
  private fulfillment?: Running;
  private stillness?: Stillness;

  static async start(): Promise<World> {
    waitLongForDatabase();
    const world = new World();
    try {
      await world.startAll();
      return world;
    } catch (error) {
      // Whatever did start would keep the test run from ending.
      await world.stop();
      throw error;
    }
  }

  private async startAll(): Promise<void> {
    [this.broker, this.database] = await Promise.all([testBroker(), testDatabase('fulfillment', migrations)]);
    await this.database.query(KEEP_EVENTS);
    const pingUrl = await this.openDoor();
    this.mail = await startMailStandIn();
    this.shop = await startStorefrontStandIn({ pingUrl, accessToken: 'token-of-the-store', retryScale: 0.001 });
    await this.startNeighbours();
    await this.startFulfillment();
    const others = this.neighbours.map(({ database }) => database);
    this.stillness = await Stillness.of(this.database, others, this.broker);
  }

  /** Starts fulfillment; again after {@link stopFulfillment}, with another configuration. */
  async startFulfillment(changes: Partial<FulfillmentConfig> = {}): Promise<void> {
    const config = Object.assign(new FulfillmentConfig(), {
      profile: 'development',
      databaseUrl: this.database.url,
      databasePoolSize: 10,
      natsUrl: this.broker.url,
      natsSeedFile: this.broker.seedFile('fulfillment'),
      publicUrl: 'https://accounts.example.com',
      smtpUrl: this.mail.smtpUrl,
      mailFrom: 'Gatehouse <no-reply@example.com>',
      mailLocale: 'en',
      gumroadApiUrl: this.shop.url,
      gumroadAccessToken: 'token-of-the-store',
      gumroadWebhookSecrets: [SECRETS.current, SECRETS.previous],
      gumroadConfirm: true,
      storeRevocationsPerHour: 200,
      productsFile: PRODUCTS,
      ...changes,
    });
    const destination = { write: (line: string): void => void this.logLines.push(line) };
    const log = Log.create({ app: 'fulfillment', level: 'trace', destination });
    const boot = BootModule.forApp('fulfillment', config);
    this.fulfillment = await run([boot, FulfillmentModule.forConfig(config)], {}, log);
  }

  async stopFulfillment(): Promise<void> {
    await this.fulfillment?.stop();
    this.fulfillment = undefined;
  }

  async stop(): Promise<void> {
    await this.shop?.close();
    await this.stopFulfillment();
    await Promise.all([this.gateway, ...this.neighbours.map((n) => n.running)].map((r) => r?.stop()));
    if (this.door) await new Promise((resolve) => this.door.close(resolve));
    await this.mail?.close();
    await this.stillness?.close();
    await Promise.all([this.database, ...this.neighbours.map((n) => n.database)].map((d) => d?.drop()));
    await this.broker?.stop();
  }

  /** Nothing sold, nothing sent, nothing known. */
  async reset(): Promise<void> {
    await this.quiet();
    await this.database.query(
      'truncate storefront_events, orders, order_work, mail_outbox, told, portal_links, portal_sessions cascade',
    );
    this.book.reset();
    this.shop.shop.sales.clear();
    this.shop.shop.subscribers.clear();
    this.shop.shop.break(undefined);
    this.mail.inbox.clear();
    this.mail.refusals.clear();
    this.logLines.length = 0;
  }

  /** Until no order is waited for, no event is on its way and no mail is queued. */
  quiet(): Promise<void> {
    return this.stillness!.comes();
  }

  /** Data of the events that fulfillment has told since the reset. */
  async told(event: string): Promise<object[]> {
    const rows = await this.database.query<{ data: object }>('select data from told where event = $1', [event]);
    return rows.map((row) => row.data);
  }

  /** A control of the shop. */
  async control(path: string, body: object = {}): Promise<{ sale_id: string; pings: { status: number }[] }> {
    const response = await fetch(`${this.shop.url}/_control/${path}`, { method: 'POST', body: JSON.stringify(body) });
    return (await response.json()) as { sale_id: string; pings: { status: number }[] };
  }

  /** What the gateway's webhook would do with these bytes. */
  async ping(
    body: string | Buffer,
    secret: string | undefined = SECRETS.current,
    type = 'application/x-www-form-urlencoded',
  ) {
    const input = { store: 'gumroad' as const, secret, content_type: type, body: Buffer.from(body).toString('base64') };
    return this.bus.send(RecordStorefrontEvent, input);
  }

  /** Fulfillment's neighbour at the front: sends commands as the gateway. */
  get bus(): Bus {
    return patient(this.gateway.module.get(Bus, { strict: false }));
  }

  get<T>(type: new (...args: never[]) => T): T {
    return this.fulfillment!.module.get<T>(type as never, { strict: false });
  }

  private connection(app: AppName) {
    return { app, url: this.broker.url, seedFile: this.broker.seedFile(app) };
  }

  private async startNeighbours(): Promise<void> {
    const silent = { logLevel: 'silent' as const };
    this.gateway = await run([BootModule.forApp('gateway', silent), BusModule.forApp(this.connection('gateway'))]);
    for (const [app, controllers] of [
      ['licensing', [FakeLicensing, FakeSoldTerms]],
      ['identity', [FakeIdentity]],
    ] as const) {
      const database = await testDatabase(app, []);
      const imports = [
        BootModule.forApp(app, silent),
        PersistenceModule.forApp({ app, url: database.url, migrations: [] }),
        BusModule.forApp(this.connection(app)),
      ];
      const providers = [{ provide: LicenseBook, useValue: this.book }];
      const running = await run(imports, { controllers: [...controllers], providers });
      if (app === 'identity') this.identity = running.module.get(FakeIdentity);
      this.neighbours.push({ running, database });
    }
  }

  private async openDoor(): Promise<string> {
    this.door = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const secret = request.url!.split('/').pop()!;
        this.ping(Buffer.concat(chunks), secret, request.headers['content-type']).then(
          () => response.writeHead(200).end(),
          (error: unknown) => response.writeHead(statusOf(error)).end(),
        );
      });
    });
    await new Promise<void>((resolve) => this.door.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.door.address() as AddressInfo).port}/webhooks/gumroad/${SECRETS.current}`;
  }
}
