import { Injectable } from '@nestjs/common';
import { UsersRepository } from '../users/users.repository.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { TotpCodes } from './totp-codes.service.js';
import { TotpFactorsRepository } from './totp-factors.repository.js';
import { TotpSecrets } from './totp-secrets.service.js';

/** What an authenticator consists of. */
@Injectable()
export class MfaParts {
  constructor(
    readonly users: UsersRepository,
    readonly factors: TotpFactorsRepository,
    readonly secrets: TotpSecrets,
    readonly codes: TotpCodes,
    readonly recovery: RecoveryCodesService,
  ) {}
}
