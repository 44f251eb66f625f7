import type { AppName } from '#contracts';

/** What an app says about its place on the bus. */
export interface BusOptions {
  /** Bus user, queue group and durable of this process. */
  app: AppName;
  /** `nats://host:port`; several servers of one cluster are separated by commas. */
  url: string;
  /** File with the nkey seed of the bus user. */
  seedFile: string;
}

export const BUS_OPTIONS = Symbol('BusOptions');
