import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Bus } from './commands/bus.js';
import { BusServer } from './commands/bus-server.js';
import { BusConnection } from './connection/bus-connection.js';
import { BUS_OPTIONS, type BusOptions } from './connection/bus-options.js';

/** The bus for one app: client, command server, and events where the app has any. Global. */
@Module({})
export class BusModule {
  static forApp(options: BusOptions): DynamicModule {
    return {
      module: BusModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [{ provide: BUS_OPTIONS, useValue: options }, BusConnection, Bus, BusServer],
      exports: [Bus, BusServer],
    };
  }
}
