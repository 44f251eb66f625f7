import type { Feature } from '../feature.js';
import { AuthSession } from './auth-session.entity.js';
import { CredentialCheck } from './credential-check.service.js';
import { CredentialsRepository } from './credentials.repository.js';
import { LoginGuardsRepository } from './login-guards.repository.js';
import { RefreshRepository } from './refresh.repository.js';
import { RefreshService } from './refresh.service.js';
import { SessionOpening } from './session-opening.service.js';
import { SessionTokens } from './session-tokens.service.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SignInAttempts } from './sign-in-attempts.service.js';
import { SignInService } from './sign-in.service.js';
import { TokenIssuer } from './token-issuer.service.js';

export const sessions: Feature = {
  controllers: [SessionsController],
  providers: [
    CredentialCheck,
    CredentialsRepository,
    LoginGuardsRepository,
    RefreshRepository,
    RefreshService,
    SessionOpening,
    SessionTokens,
    SessionsRepository,
    SessionsService,
    SignInAttempts,
    SignInService,
    TokenIssuer,
  ],
  entities: [AuthSession],
};
