import { Module, type DynamicModule } from '@nestjs/common';
import { AccessTokensModule } from '#access-tokens';
import { BusModule, SharedStore } from '#bus';
import { Cooldowns } from './cooldown/cooldowns.service.js';
import { ErasureController } from './erasure/erasure.controller.js';
import { Channels } from './fanout/channels.service.js';
import { DeliveryMetrics } from './fanout/delivery-metrics.service.js';
import { FrameHistory } from './fanout/frame-history.service.js';
import { FramePublisher } from './fanout/frame-publisher.service.js';
import { Resumption } from './fanout/resumption.service.js';
import { ProducerKeys } from './idempotency/producer-keys.service.js';
import { Departures } from './presence/departures.service.js';
import { PresenceController } from './presence/presence.controller.js';
import { PresenceReports } from './presence/presence-reports.service.js';
import { ProducersController } from './producers/producers.controller.js';
import { ProducersService } from './producers/producers.service.js';
import { Receivers } from './producers/receivers.service.js';
import type { RealtimeConfig } from './realtime.config.js';
import { ConnectionLimit } from './sockets/connection-limit.service.js';
import { Connections } from './sockets/connections.js';
import { LoadSharing } from './sockets/load-sharing.service.js';
import { Openings } from './sockets/openings.service.js';
import { Outboxes } from './sockets/outboxes.service.js';
import { SocketsDrain } from './sockets/sockets-drain.service.js';
import { SocketsUpkeep } from './sockets/sockets-upkeep.service.js';
import { TokenRefresh } from './sockets/token-refresh.service.js';
import { UpgradesService } from './sockets/upgrades.service.js';
import { EventStreams } from './sse/event-streams.service.js';

const FANOUT = [Channels, DeliveryMetrics, FrameHistory, FramePublisher, Resumption];
const PRODUCERS = [Cooldowns, ProducerKeys, ProducersService, Receivers, SharedStore];
const PRESENCE = [Departures, PresenceReports];
const SOCKETS = [
  ConnectionLimit,
  Connections,
  EventStreams,
  LoadSharing,
  Openings,
  Outboxes,
  SocketsDrain,
  SocketsUpkeep,
  TokenRefresh,
  UpgradesService,
];

@Module({})
export class RealtimeModule {
  static with(config: RealtimeConfig): DynamicModule {
    return {
      module: RealtimeModule,
      imports: [
        BusModule.forApp({ app: 'realtime', url: config.natsUrl, seedFile: config.natsSeedFile }),
        AccessTokensModule.forApp(config.publicUrl),
      ],
      controllers: [PresenceController, ProducersController, ErasureController],
      providers: [...FANOUT, ...PRODUCERS, ...PRESENCE, ...SOCKETS],
    };
  }
}
