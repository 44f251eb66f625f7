import type { AppName } from '#contracts';
import type { BusUserAddress } from './connect-as.js';

/** What an app says about its place on the bus. */
export interface BusOptions extends BusUserAddress {
  /** Bus user, queue group and durable of this process. */
  app: AppName;
}

export const BUS_OPTIONS = Symbol('BusOptions');
