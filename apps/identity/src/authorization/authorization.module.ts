import type { Feature } from '../feature.js';
import { AuthorizationAnswers } from './authorization-answers.service.js';
import { AuthorizationCodesRepository } from './authorization-codes.repository.js';
import { AuthorizationRequestsRepository } from './authorization-requests.repository.js';
import { AuthorizationTokensController } from './authorization-tokens.controller.js';
import { AuthorizationController } from './authorization.controller.js';
import { Authorizations } from './authorizations.service.js';
import { BrowserSessionsRepository } from './browser-sessions.repository.js';
import { CodeExchange } from './code-exchange.service.js';
import { CodeReplays } from './code-replays.service.js';
import { GrantsRepository } from './grants.repository.js';
import { Grants } from './grants.service.js';
import { PendingAuthorizations } from './pending-authorizations.service.js';
import { SessionEnds } from './session-ends.service.js';
import { SignOuts } from './sign-outs.service.js';
import { UserInfos } from './user-info.service.js';

export const authorization: Feature = {
  controllers: [AuthorizationController, AuthorizationTokensController],
  providers: [
    AuthorizationAnswers,
    AuthorizationCodesRepository,
    AuthorizationRequestsRepository,
    Authorizations,
    BrowserSessionsRepository,
    CodeExchange,
    CodeReplays,
    Grants,
    GrantsRepository,
    PendingAuthorizations,
    SessionEnds,
    SignOuts,
    UserInfos,
  ],
};
