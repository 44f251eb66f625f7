import type { Feature } from '../feature.js';
import { AccountStatesRepository } from './account-states.repository.js';
import { AdminBootstrap } from './admin-bootstrap.service.js';
import { AdminCredentialsRepository } from './admin-credentials.repository.js';
import { AdminRefusals } from './admin-refusals.service.js';
import { AdminController } from './admin.controller.js';
import { FirstAdmin } from './first-admin.service.js';
import { ImpersonationParts } from './impersonation-parts.js';
import { Impersonation } from './impersonation.service.js';
import { ManagedSessionsController } from './managed-sessions.controller.js';
import { ManagedSessions } from './managed-sessions.queries.js';
import { ManagedSessionEndings } from './managed-sessions.service.js';
import { ManagedUsers } from './managed-users.queries.js';
import { TriggeredResets } from './triggered-resets.service.js';
import { UserManagement } from './user-management.service.js';

export const admin: Feature = {
  controllers: [AdminController, ManagedSessionsController],
  providers: [
    AccountStatesRepository,
    AdminBootstrap,
    AdminCredentialsRepository,
    AdminRefusals,
    FirstAdmin,
    Impersonation,
    ImpersonationParts,
    ManagedSessionEndings,
    ManagedSessions,
    ManagedUsers,
    TriggeredResets,
    UserManagement,
  ],
};
