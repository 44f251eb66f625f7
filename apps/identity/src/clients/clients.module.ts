import type { Feature } from '../feature.js';
import { ClientPoliciesRepository } from './client-policies.repository.js';
import { ClientProof } from './client-proof.service.js';
import { ClientPoliciesController } from './client-policies.controller.js';
import { PolicyHistory } from './client-policies.queries.js';
import { ClientPolicyChanges } from './client-policies.service.js';
import { ClientsController } from './clients.controller.js';
import { ClientsUpkeep } from './clients-upkeep.service.js';
import { Clients } from './clients.service.js';

export const clients: Feature = {
  controllers: [ClientPoliciesController, ClientsController],
  providers: [ClientPoliciesRepository, ClientPolicyChanges, PolicyHistory, ClientProof, Clients, ClientsUpkeep],
};
