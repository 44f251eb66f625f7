import type { Feature } from '../feature.js';
import { LastSeen } from './last-seen.service.js';
import { NewAccounts } from './new-accounts.service.js';
import { RegistrationService } from './registration.service.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';
import { WebsiteUser } from './website-user.entity.js';

export const users: Feature = {
  controllers: [UsersController],
  providers: [LastSeen, NewAccounts, RegistrationService, UsersRepository, UsersService],
  entities: [WebsiteUser],
};
