import type { Feature } from '../feature.js';
import { AdminCircle } from './admin-circle.service.js';
import { RoleHoldersRepository } from './role-holders.repository.js';
import { RolesController } from './roles.controller.js';
import { Roles } from './roles.service.js';
import { UserRoles } from './user-roles.service.js';

export const roles: Feature = {
  controllers: [RolesController],
  providers: [AdminCircle, RoleHoldersRepository, Roles, UserRoles],
};
