import { Module, type DynamicModule } from '@nestjs/common';
import { AccessTokensModule } from '#access-tokens';
import { BusModule } from '#bus';
import { ErasureController } from './erasure/erasure.controller.js';
import { FramesController } from './frames/frames.controller.js';
import { FramesService } from './frames/frames.service.js';
import type { RealtimeConfig } from './realtime.config.js';
import { Connections } from './sockets/connections.js';
import { PresenceReports } from './sockets/presence-reports.service.js';
import { SocketsDrain } from './sockets/sockets-drain.service.js';
import { SocketsUpkeep } from './sockets/sockets-upkeep.service.js';
import { UpgradesService } from './sockets/upgrades.service.js';

@Module({})
export class RealtimeModule {
  static with(config: RealtimeConfig): DynamicModule {
    return {
      module: RealtimeModule,
      imports: [
        BusModule.forApp({ app: 'realtime', url: config.natsUrl, seedFile: config.natsSeedFile }),
        AccessTokensModule.forApp(config.publicUrl),
      ],
      controllers: [FramesController, ErasureController],
      providers: [FramesService, Connections, PresenceReports, SocketsDrain, SocketsUpkeep, UpgradesService],
    };
  }
}
