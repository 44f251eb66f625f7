import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DynamicModule, Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { BootModule, Health } from '#boot';
import { Bus, BusModule, BusServer } from '#bus';
import {
  Login,
  RefreshSession,
  RegisterUser,
  Refusal,
  type AppName,
  type Command,
  type DomainEvent,
  type IssuedTokens,
  type SignedIn,
  type LoginRequest,
  type RefreshSessionRequest,
  type RegisterUserRequest,
  type RequestOrigin,
  type UserActor,
} from '#contracts';
import { Transactions } from '#persistence';
import { eventually } from '../../../test/support/eventually.js';
import { testBroker, testDatabase, type TestBroker, type TestDatabase } from '../../../test/support/index.js';
import { waitLongForDatabase } from '../../../test/support/patient.js';
import { IdentityConfig } from '../src/identity.config.js';
import { IdentityModule } from '../src/identity.module.js';
import { LICENSING_WAIT } from '../src/license-tokens/license-tokens.service.js';
import { migrations } from '../src/migrations/index.js';
import { claimsOf, LicensingNeighbour, SecretsNeighbour } from './neighbours.js';

export const CLIENTS_FILE = join(__dirname, '../../../config/clients.yaml');

const KEEP_EVENTS = `
  CREATE TABLE told (seq bigint GENERATED ALWAYS AS IDENTITY, event text, key text, data jsonb);
  CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO told (event, key, data) VALUES (NEW.event, NEW.key, NEW.data); RETURN NULL; END $$;
  CREATE TRIGGER keep AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION keep()`;

type Overrides = Partial<Omit<IdentityConfig, 'verify'>>;

/** The real app on its own database and broker; the gateway asks, and the neighbours keep to the contract. */
export class IdentityApp {
  private constructor(
    private readonly modules: TestingModule[],
    readonly database: TestDatabase,
    readonly broker: TestBroker,
  ) {}

  static async start(overrides: Overrides = {}): Promise<IdentityApp> {
    const app = await IdentityApp.neighbourhood();
    await app.replica(overrides);
    return app;
  }

  /** Everything but identity itself. */
  static async neighbourhood(): Promise<IdentityApp> {
    waitLongForDatabase();
    // A sign-in on a busy machine would do without a license token.
    LICENSING_WAIT.ms = 20_000;
    const [database, broker] = await Promise.all([testDatabase('identity', migrations), testBroker()]);
    await database.query(KEEP_EVENTS);
    const app = new IdentityApp([], database, broker);
    await app.add('secrets', [SecretsNeighbour]);
    await app.add('licensing', [LicensingNeighbour]);
    await app.add('gateway', []);
    return app;
  }

  /** Starts one more replica of identity on the same database. */
  async replica(overrides: Overrides = {}): Promise<TestingModule> {
    const config = Object.assign(new IdentityConfig(), {
      profile: 'production',
      logLevel: 'silent',
      natsUrl: this.broker.url,
      natsSeedFile: this.broker.seedFile('identity'),
      databaseUrl: this.database.url,
      databasePoolSize: 10,
      publicUrl: 'https://accounts.example.test',
      passkeyDomain: '',
      clientsFile: CLIENTS_FILE,
      deletionGraceDays: 7,
      agentFile: join(__dirname, '../../../config/agent.yaml'),
      broadcastFile: join(__dirname, '../../../config/broadcast.yaml'),
      rolesFile: join(__dirname, '../../../config/roles.yaml'),
      auditRetentionDays: 400,
      adminUsername: '',
      adminPassword: '',
      // Cheap, because what is tested is not how long a hash takes.
      argon2MemoryKib: 64,
      argon2Passes: 1,
      argon2Queue: 1_024,
      passwordMinLength: 12,
      signInFailuresPerMinute: 1_000_000,
      rateLimitFactor: 1,
      ...overrides,
    });
    const [boot, own] = [BootModule.forApp('identity', config), IdentityModule.with(config)];
    const module = await this.listen({ module: class Root {}, imports: [boot, own] });
    await eventually('identity to have what it needs', 30_000, async () => {
      const { dependencies } = await module.get(Health, { strict: false }).ready();
      return Object.values(dependencies).every((d) => d.status === 'up') ? true : undefined;
    });
    return module;
  }

  async stop(): Promise<void> {
    for (const module of this.modules.reverse()) await module.close();
    await this.broker.stop();
    await this.database.drop();
  }

  /** Sends a command as the gateway does, or as another app. */
  ask<Req extends object, Res extends object>(
    command: Command<Req, Res>,
    input: Req,
    as: { actor?: UserActor; origin?: RequestOrigin; from?: AppName; timeoutMs?: number } = {},
  ): Promise<Res> {
    const { from = 'gateway', ...rest } = as;
    return this.moduleOf(from)
      .get(Bus)
      .send(command, input, { requestId: randomUUID(), timeoutMs: 30_000, ...rest });
  }

  async register(more: Partial<RegisterUserRequest> = {}): Promise<IssuedTokens> {
    return issuedOf(await this.ask(RegisterUser, { ...newcomer(), ...more }, { timeoutMs: 30_000 }));
  }

  async login(login: string, password: string, more: Partial<LoginRequest> = {}): Promise<IssuedTokens> {
    return issuedOf(await this.ask(Login, { login, password, ...more }, { timeoutMs: 30_000 }));
  }

  async loginFrom(login: string, password: string, origin: RequestOrigin): Promise<IssuedTokens> {
    return issuedOf(await this.ask(Login, { login, password }, { origin, timeoutMs: 30_000 }));
  }

  refresh(refresh_token: string | undefined, more: Partial<RefreshSessionRequest> = {}): Promise<IssuedTokens> {
    return this.ask(RefreshSession, { refresh_token: refresh_token!, ...more }, { timeoutMs: 30_000 });
  }

  /** The events of a kind that were written for a key, oldest first. */
  async events<D extends object>(event: DomainEvent<D>, key: string): Promise<D[]> {
    return (await this.told).filter((e) => e.event === event.name && e.key === key).map((e) => e.data as D);
  }

  /** The events of a kind, oldest first. */
  async eventsOf<D extends object>(event: DomainEvent<D>): Promise<D[]> {
    return (await this.told).filter((e) => e.event === event.name).map((e) => e.data as D);
  }

  /** A provider of the first replica. */
  get<T>(type: Type<T>): T {
    return this.moduleOf('identity').get(type, { strict: false });
  }

  get secrets(): SecretsNeighbour {
    return this.moduleOf('secrets').get(SecretsNeighbour);
  }

  get licensing(): LicensingNeighbour {
    return this.moduleOf('licensing').get(LicensingNeighbour);
  }

  get transactions(): Transactions {
    return this.get(Transactions);
  }

  /** The relay empties the outbox; a trigger keeps a copy of what went through it. */
  private get told(): Promise<{ event: string; key: string; data: object }[]> {
    return this.database.query('SELECT event, key, data FROM told ORDER BY seq');
  }

  private moduleOf(app: AppName): TestingModule {
    return this.modules[['secrets', 'licensing', 'gateway', 'identity'].indexOf(app)]!;
  }

  private add(app: AppName, controllers: Type[]): Promise<TestingModule> {
    const url = this.broker.url;
    const bus = BusModule.forApp({ app, url, seedFile: this.broker.seedFile(app) });
    const boot = BootModule.forApp(app, { logLevel: 'silent' });
    return this.listen({ module: class Root {}, imports: [boot, bus], controllers });
  }

  private async listen(root: DynamicModule): Promise<TestingModule> {
    const module = await Test.createTestingModule({ imports: [root] }).compile();
    try {
      await module.init();
    } catch (error) {
      await module.close();
      throw error;
    }
    this.modules.push(module);
    await new Promise<void>((resolve, reject) =>
      module.get(BusServer, { strict: false }).listen((error) => (error ? reject(error as Error) : resolve())),
    );
    return module;
  }
}

let people = 0;
/** Somebody nobody has met before. */
export function newcomer(): RegisterUserRequest {
  const id = `${++people}-${randomUUID().slice(0, 8)}`;
  return { email: `rowan.${id}@example.test`, username: `rowan-${id}`, password: PASSWORD };
}
export const PASSWORD = 'a lantern in the long grass';

/** The tokens of a sign-in that needed no second factor. */
export function issuedOf({ issued }: SignedIn): IssuedTokens {
  if (!issued) throw new Error('the sign-in asked for a second factor');
  return issued;
}

/** The actor that the gateway makes of an access token. */
export function actorOf(issued: IssuedTokens): UserActor {
  const claims = claimsOf(issued.tokens.access_token);
  return {
    kind: 'user',
    user_id: issued.tokens.user.id,
    session_id: issued.session_id,
    client_id: issued.client_id,
    roles: claims.roles as string[],
    amr: claims.amr as string[],
    auth_time: claims.auth_time as number,
  };
}

export const parallel = <T>(n: number, call: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: n }, (_, index) => call(index)));

/** What a call ends with: `ok`, or the code of its refusal. */
export const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'ok',
    (error: unknown) => {
      if (error instanceof Refusal) return error.code;
      throw error;
    },
  );
