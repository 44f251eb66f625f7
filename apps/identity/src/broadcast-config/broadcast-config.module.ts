import type { Feature } from '../feature.js';
import { IdentityConfig } from '../identity.config.js';
import { BroadcastConfigController } from './broadcast-config.controller.js';
import { BroadcastConfigRepository } from './broadcast-config.repository.js';
import { BROADCAST_PRESETS, BroadcastConfigService } from './broadcast-config.service.js';
import { readBroadcastFile } from './broadcast-presets.js';

export const broadcastConfig: Feature = {
  controllers: [BroadcastConfigController],
  providers: [
    BroadcastConfigRepository,
    BroadcastConfigService,
    {
      provide: BROADCAST_PRESETS,
      inject: [IdentityConfig],
      useFactory: (config: IdentityConfig) => readBroadcastFile(config.broadcastFile),
    },
  ],
};
