import type { Feature } from '../feature.js';
import { ClientPoliciesRepository } from './client-policies.repository.js';
import { ClientProof } from './client-proof.service.js';
import { ClientsController } from './clients.controller.js';
import { Clients } from './clients.service.js';

export const clients: Feature = {
  controllers: [ClientsController],
  providers: [ClientPoliciesRepository, ClientProof, Clients],
};
