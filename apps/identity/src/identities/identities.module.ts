import type { Feature } from '../feature.js';
import { IdentitiesController } from './identities.controller.js';
import { IdentitiesRepository } from './identities.repository.js';
import { IdentityAccounts } from './identity-accounts.service.js';
import { IdentityEntry } from './identity-entry.service.js';
import { IdentityLinks } from './identity-links.service.js';

export const identities: Feature = {
  controllers: [IdentitiesController],
  providers: [IdentitiesRepository, IdentityAccounts, IdentityEntry, IdentityLinks],
};
