import type { Feature } from '../feature.js';
import { BridgeController } from './bridge.controller.js';
import { BridgeService } from './bridge.service.js';
import { LegacyUsersRepository } from './legacy-users.repository.js';

export const legacy: Feature = {
  controllers: [BridgeController],
  providers: [BridgeService, LegacyUsersRepository],
};
