import type { Feature } from '../feature.js';
import { PresenceController } from './presence.controller.js';
import { PresenceRepository } from './presence.repository.js';
import { Presence } from './presence.service.js';

export const presence: Feature = {
  controllers: [PresenceController],
  providers: [Presence, PresenceRepository],
};
