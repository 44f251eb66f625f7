import type { Feature } from '../feature.js';
import { PlansController } from './plans.controller.js';
import { PlansRepository } from './plans.repository.js';
import { PlansService } from './plans.service.js';

export const plans: Feature = {
  controllers: [PlansController],
  providers: [PlansRepository, PlansService],
};
