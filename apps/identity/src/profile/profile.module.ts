import type { Feature } from '../feature.js';
import { ProfileController } from './profile.controller.js';
import { ProfileRepository } from './profile.repository.js';
import { ProfileService } from './profile.service.js';

export const profile: Feature = {
  controllers: [ProfileController],
  providers: [ProfileRepository, ProfileService],
};
