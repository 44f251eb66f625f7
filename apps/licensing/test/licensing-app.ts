import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { BootModule } from '#boot';
import { Bus } from '#bus';
import { parse, type Call, type Command, type DomainEvent, type UserActor } from '#contracts';
import { InboxRepository, newId, Transactions } from '#persistence';
import { testDatabase, type TestDatabase } from '../../../test/support/index.js';
import { waitLongForDatabase } from '../../../test/support/patient.js';
import { BillingController } from '../src/billing/billing.controller.js';
import { ClaimsController } from '../src/claims/claims.controller.js';
import { Clock } from '../src/clock/clock.service.js';
import { ErasureController } from '../src/erasure/erasure.controller.js';
import { DueEntitlementsService } from '../src/entitlements/due-entitlements.service.js';
import { EntitlementsController } from '../src/entitlements/entitlements.controller.js';
import { InstallationsController } from '../src/installations/installations.controller.js';
import { LicenseTokensController } from '../src/license-tokens/license-tokens.controller.js';
import { LicenseKeys } from '../src/licenses/license-keys.service.js';
import { LicensesController } from '../src/licenses/licenses.controller.js';
import { OwnersController } from '../src/licenses/owners.controller.js';
import { LicensingConfig } from '../src/licensing.config.js';
import { LicensingModule } from '../src/licensing.module.js';
import { migrations } from '../src/migrations/index.js';
import { RevocationListsController } from '../src/revocations/revocation-lists.controller.js';
import { ValidationController } from '../src/validation/validation.controller.js';
import { ImportsController } from '../src/imports/imports.controller.js';
import { ReissueController } from '../src/reissue/reissue.controller.js';
import { RenewalsController } from '../src/renewal/renewals.controller.js';
import { SoldTermsController } from '../src/renewal/sold-terms.controller.js';
import { Neighbours } from './neighbours.js';

const CONTROLLERS: Type<object>[] = [
  BillingController,
  ClaimsController,
  EntitlementsController,
  ErasureController,
  InstallationsController,
  LicenseTokensController,
  LicensesController,
  OwnersController,
  RevocationListsController,
  ValidationController,
  RenewalsController,
  SoldTermsController,
  ReissueController,
  ImportsController,
];

/** Who asks, and until when an answer is waited for (Unix milliseconds). */
interface Asker {
  user_id?: string;
  caller?: string;
  deadline?: number;
}

interface Marked {
  method: (input: unknown, call: unknown) => Promise<object>;
  transaction: boolean;
}

/** A clock that the test sets; it runs on by itself from there. */
class TestClock extends Clock {
  private ahead = 0;

  override now(): Date {
    return new Date(Date.now() + this.ahead);
  }

  skip(ms: number): void {
    this.ahead += ms;
  }
}

export const SECOND = 1_000;
export const DAY = 86_400_000;

/** The real app on a database of its own, asked as the bus would ask it, with its neighbours at the bus. */
export class LicensingApp {
  readonly clock: TestClock;
  private readonly doors = new Map<string, Marked>();

  private constructor(
    private readonly module: TestingModule,
    readonly database: TestDatabase,
    readonly neighbours: Neighbours,
  ) {
    this.clock = module.get(Clock);
    for (const controller of CONTROLLERS) this.open(module.get(controller));
  }

  static async start(): Promise<LicensingApp> {
    waitLongForDatabase();
    const database = await testDatabase('licensing', migrations);
    const neighbours = new Neighbours();
    const config = Object.assign(new LicensingConfig(), {
      databaseUrl: database.url,
      databasePoolSize: 10,
      natsUrl: 'nats://127.0.0.1:1',
      natsSeedFile: '',
      plansFile: join(__dirname, '../../../config/plans.yaml'),
      publicUrl: 'https://accounts.example.test',
      licenseTokenTtl: (30 * DAY) / SECOND,
      entitlementSweepMs: 3_600_000,
      logLevel: 'silent',
    });
    const module = await Test.createTestingModule({
      imports: [BootModule.forApp('licensing', config), LicensingModule.with(config)],
    })
      .overrideProvider(Bus)
      .useValue(neighbours)
      .overrideProvider(Clock)
      .useValue(new TestClock())
      .compile();
    await module.init();
    return new LicensingApp(module, database, neighbours);
  }

  async stop(): Promise<void> {
    await this.module.close();
    await this.database.drop();
  }

  /** Sends a command as the gateway does, for a person when `user_id` is given. */
  async ask<Req extends object, Res extends object>(
    command: Command<Req, Res>,
    input: Req,
    as: Asker = {},
  ): Promise<Res> {
    const { method, transaction } = this.doors.get(command.name)!;
    const request = parse(command.request, JSON.parse(JSON.stringify(input)));
    const work = () => method(request, callOf(as));
    const answer = await (transaction ? this.module.get(Transactions).run(work) : work());
    return parse(command.response, JSON.parse(JSON.stringify(answer)));
  }

  /** Delivers an event as the bus does: once in effect per id, in one transaction with its inbox row. */
  async deliver<D extends object>(event: DomainEvent<D>, data: D, id = newId()): Promise<void> {
    const { method } = this.doors.get(event.name)!;
    await this.module.get(Transactions).run(async () => {
      const isNew = await this.module.get(InboxRepository).once('licensing', id);
      if (isNew) await method(parse(event.data, data), { id, event: event.name, at: new Date(), tries: 1 });
    });
  }

  /** Delivers every `event` of the outbox to the app itself. */
  async deliverOwn<D extends object>(event: DomainEvent<D>): Promise<void> {
    for (const { id, data } of await this.events(event)) await this.deliver(event, data, id);
  }

  events<D extends object>(event: DomainEvent<D>): Promise<{ id: string; data: D }[]> {
    return this.database.query('SELECT id, data FROM outbox WHERE event = $1 ORDER BY seq', [event.name]);
  }

  sweep(): Promise<void> {
    return this.module.get(DueEntitlementsService).sweep();
  }

  get keys(): LicenseKeys {
    return this.module.get(LicenseKeys);
  }

  get<T>(type: Type<T>): T {
    return this.module.get(type);
  }

  private open(controller: object): void {
    const prototype = Object.getPrototypeOf(controller) as Record<string, Marked['method']>;
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const method = prototype[name]!;
      for (const key of Reflect.getMetadataKeys(method) as unknown[]) {
        const kind = typeof key === 'symbol' ? key.description : '';
        const noted = Reflect.getMetadata(key, method) as { command: Command; transaction: boolean } & DomainEvent;
        const bound = method.bind(controller);
        if (kind === 'gatehouse:handles') {
          this.doors.set(noted.command.name, { method: bound, transaction: noted.transaction });
        }
        if (kind === 'gatehouse:listens') this.doors.set(noted.name, { method: bound, transaction: true });
      }
    }
  }
}

/** Longer than any test takes: what an answer says does not depend on how fast the machine is. */
const LONG_MS = 3_600_000;

function callOf({ user_id, caller, deadline = Date.now() + LONG_MS }: Asker): Call {
  const user: UserActor = {
    kind: 'user',
    user_id: user_id!,
    session_id: newId(),
    client_id: 'web',
    roles: [],
    amr: ['pwd'],
    auth_time: 0,
  };
  const actor = user_id ? user : { kind: 'caller' as const, caller: caller ?? 'creator-cli', scopes: [] };
  return { caller: 'gateway', actor, origin: {}, request_id: newId(), deadline };
}

/** `n` calls at once; what is refused is a failure of the test. */
export const parallel = <T>(n: number, call: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: n }, (_, index) => call(index)));

/** The code of the refusal that a call ends with, with the fields that it names. */
export async function refusal(call: Promise<unknown>): Promise<{ code: string; fields?: string[] }> {
  const error = await call.then(
    () => undefined,
    (e: { code: string; extras?: { errors?: { field: string }[] } }) => e,
  );
  if (!error) throw new Error('the call was not refused');
  if (!error.extras) throw error;
  const fields = error.extras.errors?.map((e) => e.field);
  return { code: error.code, ...(fields ? { fields } : {}) };
}
