import type { Feature } from '../feature.js';
import { Enrolment } from './enrolment.service.js';
import { FactorChanges } from './factor-changes.service.js';
import { LoginMfa } from './login-mfa.service.js';
import { MfaChallengesRepository } from './mfa-challenges.repository.js';
import { MfaParts } from './mfa-parts.js';
import { MfaSettings } from './mfa-settings.service.js';
import { MfaController } from './mfa.controller.js';
import { PendingSignIns } from './pending-sign-ins.service.js';
import { Reauthentication } from './reauthentication.service.js';
import { RecoveryCodesRepository } from './recovery-codes.repository.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { SecondFactorKindsRepository } from './second-factor-kinds.repository.js';
import { SecondFactors } from './second-factors.service.js';
import { ShownFactors } from './shown-factors.service.js';
import { StepUpParts } from './step-up-parts.js';
import { TotpCodes } from './totp-codes.service.js';
import { TotpFactorsRepository } from './totp-factors.repository.js';
import { TotpSecrets } from './totp-secrets.service.js';

export const mfa: Feature = {
  controllers: [MfaController],
  providers: [
    Enrolment,
    FactorChanges,
    LoginMfa,
    MfaChallengesRepository,
    MfaParts,
    MfaSettings,
    PendingSignIns,
    Reauthentication,
    RecoveryCodesRepository,
    RecoveryCodesService,
    SecondFactorKindsRepository,
    SecondFactors,
    ShownFactors,
    StepUpParts,
    TotpCodes,
    TotpFactorsRepository,
    TotpSecrets,
  ],
};
