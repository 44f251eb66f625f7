import fs from 'node:fs';
import path from 'node:path';
import { Module, type INestApplicationContext, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BootModule, Health, Log, readConfig } from '#boot';
import { Bus, BusModule, BusServer } from '#bus';
import type { Actor, AppName } from '#contracts';
import {
  eventually,
  testBroker,
  testDatabase,
  testDir,
  type TestBroker,
  type TestDatabase,
} from '../../../test/support/index.js';
import { migrations } from '../src/migrations/index.js';
import { SecretsConfig } from '../src/secrets.config.js';
import { SecretsModule } from '../src/secrets.module.js';
import { patient, waitLongForDatabase } from '../../../test/support/patient.js';
import { IdentityNeighbour } from './identity-neighbour.js';

export const ISSUER = 'https://id.example';
export const PRODUCT = 'branchpy';

/** A database, a broker and a key file, for any number of replicas. */
export interface SecretsWorld {
  database: TestDatabase;
  broker: TestBroker;
  kekFile: string;
  /** Everything that any replica has logged. */
  logged: string[];
  /** Starts a replica. */
  replica(env?: NodeJS.ProcessEnv): Promise<INestMicroservice>;
  /** The bus as another app sees it. */
  bus(app: AppName): Promise<Bus>;
  /** Identity, as far as the service needs it. */
  neighbour(): Promise<IdentityNeighbour>;
  end(): Promise<void>;
}

class CallerRoot {}
Module({})(CallerRoot);

export async function secretsWorld(): Promise<SecretsWorld> {
  waitLongForDatabase();
  const database = await testDatabase('secrets', migrations);
  const broker = await testBroker();
  const dir = testDir('secrets');
  const kekFile = path.join(dir, 'kek');
  const logged: string[] = [];
  const log = Log.create({ app: 'secrets', level: 'trace', destination: { write: (line) => void logged.push(line) } });
  const running: INestApplicationContext[] = [];
  const callers = new Map<AppName, Bus>();
  let identity!: IdentityNeighbour;

  const replica = async (env: NodeJS.ProcessEnv = {}): Promise<INestMicroservice> => {
    const config = readConfig(SecretsConfig, {
      GATEHOUSE_PROFILE: 'development',
      NATS_URL: broker.url,
      NATS_SEED_FILE: broker.seedFile('secrets'),
      INTERNAL_PORT: '0',
      DATABASE_URL: database.url,
      KEK_FILE: kekFile,
      LICENSE_ISSUER: ISSUER,
      LICENSE_PRODUCT: PRODUCT,
      PUBLIC_URL: ISSUER,
      ...env,
    });
    const root = {
      module: CallerRoot,
      imports: [BootModule.forApp('secrets', config, log), await SecretsModule.with(config)],
    };
    const app = await NestFactory.createMicroservice(root, {
      logger: false,
      abortOnError: false,
      inject: [BusServer],
      useFactory: (strategy: BusServer) => ({ strategy }),
    });
    running.push(app);
    await app.listen();
    const link = app.get(Bus);
    await eventually('a link to the bus', 30_000, () => Promise.resolve(isUp(link) || undefined));
    // The broker knows by then which commands are answered here.
    await link.connection.flush();
    app.get(Health).started();
    return app;
  };

  const bus = async (app: AppName): Promise<Bus> => {
    const held = callers.get(app);
    if (held) return held;
    const quiet = Log.create({ app, level: 'silent' });
    const imports = [
      BootModule.forApp(app, {}, quiet),
      BusModule.forApp({ app, url: broker.url, seedFile: broker.seedFile(app) }),
    ];
    const controllers = app === 'identity' ? [IdentityNeighbour] : [];
    const context = await NestFactory.createMicroservice(
      { module: CallerRoot, imports, controllers },
      { logger: false, inject: [BusServer], useFactory: (strategy: BusServer) => ({ strategy }) },
    );
    running.push(context);
    await context.listen();
    if (app === 'identity') identity = context.get(IdentityNeighbour);
    const made = patient(context.get(Bus));
    await eventually('a link to the bus', 30_000, () => Promise.resolve(isUp(made) || undefined));
    callers.set(app, made);
    return made;
  };

  const end = async (): Promise<void> => {
    await Promise.all(running.map((app) => app.close()));
    await broker.stop();
    await database.drop();
    fs.rmSync(dir, { recursive: true, force: true });
  };
  const neighbour = async (): Promise<IdentityNeighbour> => {
    await bus('identity');
    return identity;
  };
  return { database, broker, kekFile, logged, replica, bus, neighbour, end };
}

function isUp(bus: Bus): boolean {
  try {
    return Boolean(bus.connection);
  } catch {
    return false;
  }
}

/** Somebody who is signed in. */
export const person = (user_id: string = crypto.randomUUID()) => ({
  kind: 'user' as const,
  user_id,
  session_id: crypto.randomUUID(),
  client_id: 'branchpy-cli',
  roles: ['user'],
  amr: ['pwd'],
  auth_time: now(),
});

/** An internal caller. */
export const internalCaller = (caller: string, ...scopes: string[]): Actor => ({ kind: 'caller', caller, scopes });

const now = (): number => Math.floor(Date.now() / 1000);

/** Claims of a person's access token. */
export const accessClaims = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  iss: ISSUER,
  sub: '019b0000-0000-7000-8000-000000000001',
  aud: 'branchpy-api',
  iat: now(),
  exp: now() + 900,
  jti: crypto.randomUUID(),
  sid: crypto.randomUUID(),
  client_id: 'branchpy-cli',
  roles: ['user'],
  amr: ['pwd'],
  auth_time: now(),
  ...over,
});

/** Claims of a license token. */
export const licenseClaims = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  iss: ISSUER,
  sub: '019b0000-0000-7000-8000-000000000001',
  aud: 'branchpy-license',
  iat: now(),
  exp: now() + 30 * 86_400,
  jti: crypto.randomUUID(),
  plan: 'core',
  features: ['export'],
  max_offline_days: 30,
  ...over,
});

/** A license blob to be signed. */
export const blobRequest = (over: object = {}) => ({
  license_key: 'DT1-CORE-0123-4567',
  tier: 'core',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  iat: now(),
  nbf: now(),
  exp: now() + 366 * 86_400,
  feat: { list: ['export'] },
  jti: crypto.randomUUID(),
  ...over,
});
