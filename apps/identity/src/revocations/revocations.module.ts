import type { Feature } from '../feature.js';
import { RevocationsController } from './revocations.controller.js';
import { RevocationsRepository } from './revocations.repository.js';
import { Revocations } from './revocations.service.js';

export const revocations: Feature = {
  controllers: [RevocationsController],
  providers: [RevocationsRepository, Revocations],
};
