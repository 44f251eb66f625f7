import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { BusModule } from '#bus';
import { PersistenceModule } from '#persistence';
import { AdminBootstrap } from './admin/admin-bootstrap.service.js';
import { AdminCredentialsRepository } from './admin/admin-credentials.repository.js';
import { FirstAdmin } from './admin/first-admin.service.js';
import { ClientPoliciesRepository } from './clients/client-policies.repository.js';
import { ClientsController } from './clients/clients.controller.js';
import { Clients } from './clients/clients.service.js';
import { EmailVerification } from './email/email-verification.service.js';
import { EmailController } from './email/email.controller.js';
import { OneTimeToken } from './email/one-time-token.entity.js';
import { OneTimeTokensRepository } from './email/one-time-tokens.repository.js';
import { VerificationMails } from './email/verification-mails.service.js';
import { Housekeeping } from './housekeeping/housekeeping.service.js';
import { IdentityConfig } from './identity.config.js';
import { MacKeys } from './keys/mac-keys.service.js';
import { TokenSigner } from './keys/token-signer.service.js';
import { BridgeController } from './legacy/bridge.controller.js';
import { BridgeService } from './legacy/bridge.service.js';
import { LegacyUsersRepository } from './legacy/legacy-users.repository.js';
import { LicenseTokensRepository } from './license-tokens/license-tokens.repository.js';
import { LicenseTokens } from './license-tokens/license-tokens.service.js';
import { migrations } from './migrations/index.js';
import { HashQueue } from './passwords/hash-queue.service.js';
import { NewPasswords } from './passwords/new-passwords.service.js';
import { Passwords } from './passwords/passwords.service.js';
import { PlansController } from './plans/plans.controller.js';
import { PlansRepository } from './plans/plans.repository.js';
import { PlansService } from './plans/plans.service.js';
import { RevocationsController } from './revocations/revocations.controller.js';
import { RevocationsRepository } from './revocations/revocations.repository.js';
import { Revocations } from './revocations/revocations.service.js';
import { ServiceTokensController } from './service-tokens/service-tokens.controller.js';
import { ServiceTokens } from './service-tokens/service-tokens.service.js';
import { AuthSession } from './sessions/auth-session.entity.js';
import { CredentialsRepository } from './sessions/credentials.repository.js';
import { LoginGuardsRepository } from './sessions/login-guards.repository.js';
import { RefreshRepository } from './sessions/refresh.repository.js';
import { RefreshService } from './sessions/refresh.service.js';
import { SessionOpening } from './sessions/session-opening.service.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SignInAttempts } from './sessions/sign-in-attempts.service.js';
import { SignInService } from './sessions/sign-in.service.js';
import { TokenIssuer } from './sessions/token-issuer.service.js';
import { LastSeen } from './users/last-seen.service.js';
import { NewAccounts } from './users/new-accounts.service.js';
import { RegistrationService } from './users/registration.service.js';
import { UsersController } from './users/users.controller.js';
import { UsersRepository } from './users/users.repository.js';
import { UsersService } from './users/users.service.js';
import { WebsiteUser } from './users/website-user.entity.js';

const CONTROLLERS: Type[] = [
  BridgeController,
  ClientsController,
  EmailController,
  PlansController,
  RevocationsController,
  ServiceTokensController,
  SessionsController,
  UsersController,
];

const PROVIDERS: Provider[] = [
  AdminBootstrap,
  AdminCredentialsRepository,
  BridgeService,
  ClientPoliciesRepository,
  Clients,
  CredentialsRepository,
  EmailVerification,
  FirstAdmin,
  Housekeeping,
  LastSeen,
  LegacyUsersRepository,
  LicenseTokens,
  LicenseTokensRepository,
  LoginGuardsRepository,
  MacKeys,
  NewAccounts,
  NewPasswords,
  OneTimeTokensRepository,
  Passwords,
  PlansRepository,
  PlansService,
  RefreshRepository,
  RefreshService,
  RegistrationService,
  Revocations,
  RevocationsRepository,
  ServiceTokens,
  SessionOpening,
  SessionsRepository,
  SessionsService,
  SignInAttempts,
  SignInService,
  TokenIssuer,
  TokenSigner,
  UsersRepository,
  UsersService,
  VerificationMails,
  {
    provide: HashQueue,
    inject: [IdentityConfig],
    useFactory: (config: IdentityConfig) => new HashQueue({ capacity: config.argon2Queue }),
  },
];

/** People, sessions and client policies. Needs `BootModule`, which `startService` brings. */
@Module({})
export class IdentityModule {
  static with(config: IdentityConfig): DynamicModule {
    return {
      module: IdentityModule,
      imports: [
        BusModule.forApp({ app: 'identity', url: config.natsUrl, seedFile: config.natsSeedFile }),
        PersistenceModule.forApp({
          app: 'identity',
          url: config.databaseUrl,
          poolSize: config.databasePoolSize,
          entities: [AuthSession, OneTimeToken, WebsiteUser],
          migrations,
        }),
      ],
      controllers: CONTROLLERS,
      providers: PROVIDERS,
    };
  }
}
