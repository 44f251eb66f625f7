import type { Feature } from '../feature.js';
import { LastSeen } from './last-seen.service.js';
import { NewAccounts } from './new-accounts.service.js';
import { RegistrationProofs } from './registration-proofs.service.js';
import { RegistrationRequests } from './registration-requests.service.js';
import { RegistrationService } from './registration.service.js';
import { RegistrationsController } from './registrations.controller.js';
import { RequestedRegistrations } from './requested-registrations.service.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';
import { WebsiteUser } from './website-user.entity.js';

export const users: Feature = {
  controllers: [RegistrationsController, UsersController],
  providers: [
    LastSeen,
    NewAccounts,
    RegistrationProofs,
    RegistrationRequests,
    RegistrationService,
    RequestedRegistrations,
    UsersRepository,
    UsersService,
  ],
  entities: [WebsiteUser],
};
