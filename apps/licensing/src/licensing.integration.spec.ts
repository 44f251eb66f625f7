import { join } from 'node:path';
import { jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BootModule } from '#boot';
import { Bus, BusModule, BusServer } from '#bus';
import {
  allCommands,
  BillingPlanChanged,
  ChangePlan,
  ClaimRenpy,
  commandSubject,
  eventSubject,
  MintLicense,
  ReadEntitlement,
  Refusal,
  type AppName,
  type Command,
  type UserActor,
} from '#contracts';
import { newId } from '#persistence';
import { eventually } from '../../../test/support/eventually.js';
import { testBroker, testDatabase, type TestBroker, type TestDatabase } from '../../../test/support/index.js';
import { waitLongForDatabase } from '../../../test/support/patient.js';
import { Neighbours } from '../test/neighbours.js';
import { LicensingConfig } from './licensing.config.js';
import { LicensingModule } from './licensing.module.js';
import { migrations } from './migrations/index.js';

const neighbours = new Neighbours();
let broker: TestBroker;
let database: TestDatabase;
let service: INestMicroservice;
let gateway: INestMicroservice;
const connections: NatsConnection[] = [];

const asUser = async (user: 'identity' | 'secrets' | 'billing'): Promise<NatsConnection> => {
  const nc = await connect(broker.connectionOptions(user));
  connections.push(nc);
  return nc;
};

/** Answers every command that licensing may send to `app`, with the broker's rights of that app. */
async function standIn(app: 'identity' | 'secrets'): Promise<void> {
  const nc = await asUser(app);
  for (const command of allCommands().filter((c) => c.service === app && c.callers.includes('licensing'))) {
    const sub = nc.subscribe(commandSubject('licensing', command), { queue: app });
    void (async () => {
      for await (const msg of sub)
        void answer(command, msg.json<{ input: object }>().input).then((a) => msg.respond(a));
    })();
  }
  await nc.flush();
}

const answer = async (command: Command, input: object): Promise<string> => {
  try {
    return JSON.stringify({ ok: await neighbours.send(command, input) });
  } catch (error) {
    return JSON.stringify({ error: (error as Refusal).toWire() });
  }
};

async function microservice(app: AppName, modules: object[]): Promise<INestMicroservice> {
  const root = { module: class Root {}, imports: modules as never[] };
  const made = await NestFactory.createMicroservice(root, {
    logger: false,
    abortOnError: false,
    inject: [BusServer],
    useFactory: (strategy: BusServer) => ({ strategy }),
  } as never);
  await made.listen();
  return made;
}

// An event that fails is delivered again after 1, 2, 4 and 8 s.
jest.setTimeout(120_000);

beforeAll(async () => {
  waitLongForDatabase();
  [broker, database] = await Promise.all([testBroker(), testDatabase('licensing', migrations)]);
  await Promise.all([standIn('identity'), standIn('secrets')]);
  const config = Object.assign(new LicensingConfig(), {
    databaseUrl: database.url,
    databasePoolSize: 10,
    natsUrl: broker.url,
    natsSeedFile: broker.seedFile('licensing'),
    plansFile: join(__dirname, '../../../config/plans.yaml'),
    publicUrl: 'https://accounts.example.test',
    licenseTokenTtl: 2_592_000,
    entitlementSweepMs: 200,
    logLevel: 'silent',
  });
  service = await microservice('licensing', [BootModule.forApp('licensing', config), LicensingModule.with(config)]);
  gateway = await microservice('gateway', [
    BootModule.forApp('gateway', { logLevel: 'silent' }),
    BusModule.forApp({ app: 'gateway', url: broker.url, seedFile: broker.seedFile('gateway') }),
  ]);
});
afterAll(async () => {
  await gateway?.close();
  await service?.close();
  await Promise.all(connections.map((nc) => nc.close()));
  await broker?.stop();
  await database?.drop();
});

const person = (user_id: string): UserActor => ({
  kind: 'user',
  user_id,
  session_id: newId(),
  client_id: 'web',
  roles: [],
  amr: ['pwd'],
  auth_time: 0,
});
const ask = <Req extends object, Res extends object>(command: Command<Req, Res>, input: Req, user_id?: string) =>
  gateway.get(Bus).send(command, input, { timeoutMs: 30_000, ...(user_id ? { actor: person(user_id) } : {}) });
const planOf = (user_id: string) => async () => {
  const { plan } = await ask(ReadEntitlement, {}, user_id);
  return plan === 'free' ? undefined : plan;
};

describe('licensing on the bus', () => {
  it('F-producers F-plan-change: 50 copies of one event, over NATS and as commands, have one effect', async () => {
    const user_id = newId();
    const change = { event_id: newId(), user_id, plan: 'pro' as const, effective_at: '2025-01-01T00:00:00Z' };
    const billing = await asUser('billing');
    const publish = () => jetstream(billing).publish(eventSubject(BillingPlanChanged), JSON.stringify(change));
    const sent = Array.from({ length: 50 }, (_, i) => (i % 2 ? publish() : ask(ChangePlan, change)));
    await Promise.all(sent);
    expect(await eventually('the plan', 60_000, planOf(user_id))).toBe('pro');
    const [row] = await database.query('SELECT version FROM entitlements WHERE user_id = $1', [user_id]);
    expect(row).toEqual({ version: '1' });
  });

  it('H2 A-entitlements: a minted license finds its owner through the outbox and the stream', async () => {
    const user_id = newId();
    neighbours.owners.set('buyer@example.test', user_id);
    const sale = { name: 'Buyer', email: 'buyer@example.test', tier: 'core' as const, years: 1, order: 'bus-order' };
    const minted = await Promise.all(Array.from({ length: 50 }, () => ask(MintLicense, sale)));
    expect(new Set(minted.map((m) => m.license_key)).size).toBe(1);
    expect(await eventually('the plan', 60_000, planOf(user_id))).toBe('core');
    const sql = 'SELECT license_key, user_id FROM licenses WHERE gumroad_order_id = $1';
    expect(await database.query(sql, ['bus-order'])).toEqual([{ license_key: minted[0]!.license_key, user_id }]);
  });

  it('J7: 50 parallel first claims over the bus are answered alike', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(ClaimRenpy, {}, 'legacy-account-7')));
    expect(new Set(answers.map((a) => JSON.stringify(a))).size).toBe(1);
    expect(neighbours.bridged.size).toBe(1);
  });

  it('F-plan-change: a plan that begins in a moment is in force without anybody asking', async () => {
    const user_id = newId();
    const effective_at = new Date(Date.now() + 400).toISOString();
    await ask(ChangePlan, { event_id: newId(), user_id, plan: 'team', effective_at });
    const row = await eventually('the plan', 60_000, async () => {
      const sql = `SELECT plan FROM entitlements WHERE user_id = $1 AND plan <> 'free'`;
      return (await database.query(sql, [user_id]))[0];
    });
    expect(row).toEqual({ plan: 'team' });
  });

  it('a refusal crosses with its code and its fields', async () => {
    const sale = { name: 'a\nb', email: 'nobody', tier: 'core' as const, years: 1 };
    await expect(ask(MintLicense, sale)).rejects.toMatchObject({
      code: 'validation_failed',
      extras: { errors: [{ field: 'name' }, { field: 'email' }] },
    });
  });
});
