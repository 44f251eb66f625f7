import type { Feature } from '../feature.js';
import { ClientPoliciesRepository } from './client-policies.repository.js';
import { ClientsController } from './clients.controller.js';
import { Clients } from './clients.service.js';

export const clients: Feature = {
  controllers: [ClientsController],
  providers: [ClientPoliciesRepository, Clients],
};
