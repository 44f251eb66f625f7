import type { Feature } from '../feature.js';
import { AccountSecurity } from './account-security.service.js';
import { AccountSweepRepository } from './account-sweep.repository.js';
import { AccountSweep } from './account-sweep.service.js';
import { PasswordReset } from './password-reset.service.js';
import { RecoveredAccounts } from './recovered-accounts.service.js';
import { RecoveryRequestsRepository } from './recovery-requests.repository.js';
import { RecoveryController } from './recovery.controller.js';
import { Recovery } from './recovery.service.js';

export const recovery: Feature = {
  controllers: [RecoveryController],
  providers: [
    AccountSecurity,
    AccountSweep,
    AccountSweepRepository,
    PasswordReset,
    RecoveredAccounts,
    Recovery,
    RecoveryRequestsRepository,
  ],
};
