import type { Feature } from '../feature.js';
import { AdminBootstrap } from './admin-bootstrap.service.js';
import { AdminCredentialsRepository } from './admin-credentials.repository.js';
import { FirstAdmin } from './first-admin.service.js';

export const admin: Feature = {
  providers: [AdminBootstrap, AdminCredentialsRepository, FirstAdmin],
};
