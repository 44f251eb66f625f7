import type { Feature } from '../feature.js';
import { ActionGrantsRepository } from './action-grants.repository.js';
import { ActionGrants } from './action-grants.service.js';
import { GrantsController } from './grants.controller.js';

export const grants: Feature = {
  controllers: [GrantsController],
  providers: [ActionGrants, ActionGrantsRepository],
};
