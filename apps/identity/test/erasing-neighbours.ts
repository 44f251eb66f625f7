import { Controller, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { BootModule } from '#boot';
import { Bus, BusModule, BusServer, Handles, Listens } from '#bus';
import {
  AcknowledgeErasure,
  ERASING_APPS,
  PersonalData,
  ReadErasure,
  UserErased,
  type AppName,
  type ErasureSubject,
  type PersonalDataPart,
  type PersonalDataRequest,
  type UserErasedData,
} from '#contracts';
import type { TestBroker } from '../../../test/support/index.js';

export type ErasingApp = (typeof ERASING_APPS)[number];

/** A service that erases people, as identity sees it. */
export interface ErasingNeighbour {
  app: ErasingApp;
  bus: Bus;
  told: UserErasedData[];
  asked: PersonalDataRequest[];
  /** While set, it hears and does not acknowledge. */
  silent: boolean;
  acknowledge(erasure_id: string): Promise<object>;
  subjectOf(erasure_id: string): Promise<ErasureSubject>;
}

/** Every service but identity, on the broker of the test. */
export class ErasingNeighbours {
  readonly all = new Map<ErasingApp, ErasingNeighbour>();
  private readonly modules: TestingModule[] = [];

  static async start(broker: TestBroker): Promise<ErasingNeighbours> {
    const neighbours = new ErasingNeighbours();
    for (const app of ERASING_APPS) await neighbours.add(broker, app);
    return neighbours;
  }

  of(app: ErasingApp): ErasingNeighbour {
    return this.all.get(app)!;
  }

  async stop(): Promise<void> {
    for (const module of this.modules) await module.close();
  }

  private async add(broker: TestBroker, app: ErasingApp): Promise<void> {
    const neighbour = { app, told: [], asked: [], silent: false } as unknown as ErasingNeighbour;
    const module = await listen(broker, app, controllerOf(neighbour));
    neighbour.bus = module.get(Bus, { strict: false });
    neighbour.acknowledge = (erasure_id) => neighbour.bus.send(AcknowledgeErasure, { erasure_id });
    neighbour.subjectOf = (erasure_id) => neighbour.bus.send(ReadErasure, { erasure_id });
    this.modules.push(module);
    this.all.set(app, neighbour);
  }
}

function controllerOf(own: ErasingNeighbour): Type {
  @Controller()
  class Neighbour {
    @Listens(UserErased)
    async userErased(data: UserErasedData): Promise<void> {
      own.told.push(data);
      if (!own.silent) await own.acknowledge(data.erasure_id);
    }

    @Handles(PersonalData[own.app], { transaction: false })
    async export(whose: PersonalDataRequest): Promise<PersonalDataPart> {
      own.asked.push(whose);
      return { data: { from: own.app } };
    }
  }
  return Neighbour;
}

async function listen(broker: TestBroker, app: AppName, controller: Type): Promise<TestingModule> {
  const boot = BootModule.forApp(app, { logLevel: 'silent' });
  const bus = BusModule.forApp({ app, url: broker.url, seedFile: broker.seedFile(app) });
  const root = { module: class Root {}, imports: [boot, bus], controllers: [controller] };
  const module = await Test.createTestingModule({ imports: [root] }).compile();
  await module.init();
  await new Promise<void>((resolve, reject) =>
    module.get(BusServer, { strict: false }).listen((error) => (error ? reject(error as Error) : resolve())),
  );
  return module;
}
