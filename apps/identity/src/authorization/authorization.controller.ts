import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  BeginAuthorization,
  DecideAuthorization,
  EndAuthorization,
  ReadAuthorization,
  ReadBrowserSession,
  ResumeAuthorization,
  type AuthorizationPrompt,
  type AuthorizationRequestRef,
  type AuthorizationStep,
  type BeginAuthorizationRequest,
  type BrowserSession,
  type BrowserSessionRef,
  type DecideAuthorizationRequest,
  type EndAuthorizationRequest,
  type EndedSessions,
} from '#contracts';
import { Authorizations } from './authorizations.service.js';
import { SignOuts } from './sign-outs.service.js';

/** What the browser does: asking for a code, deciding, signing out. */
@Controller()
export class AuthorizationController {
  constructor(
    private readonly authorizations: Authorizations,
    private readonly signOuts: SignOuts,
  ) {}

  @Handles(BeginAuthorization)
  begin(input: BeginAuthorizationRequest): Promise<AuthorizationStep> {
    return this.authorizations.begin(input);
  }

  @Handles(ResumeAuthorization)
  resume(input: AuthorizationRequestRef): Promise<AuthorizationStep> {
    return this.authorizations.resume(input);
  }

  @Handles(ReadAuthorization, { transaction: false })
  read(input: AuthorizationRequestRef): Promise<AuthorizationPrompt> {
    return this.authorizations.read(input);
  }

  @Handles(DecideAuthorization)
  decide(input: DecideAuthorizationRequest): Promise<AuthorizationStep> {
    return this.authorizations.decide(input);
  }

  @Handles(ReadBrowserSession, { transaction: false })
  who({ session_token }: BrowserSessionRef): Promise<BrowserSession> {
    return this.signOuts.who(session_token);
  }

  @Handles(EndAuthorization)
  end(input: EndAuthorizationRequest): Promise<EndedSessions> {
    return this.signOuts.end(input);
  }
}
