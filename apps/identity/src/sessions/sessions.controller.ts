import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ListSessions,
  Login,
  Logout,
  RefreshSession,
  RevokeSession,
  type Call,
  type Empty,
  type EndedSessions,
  type IssuedTokens,
  type LoginRequest,
  type LogoutRequest,
  type RefreshSessionRequest,
  type RevokeSessionRequest,
  type SessionList,
  type SignedIn,
} from '#contracts';
import { RefreshService } from './refresh.service.js';
import { personOf, SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';

@Controller()
export class SessionsController {
  constructor(
    private readonly signIn: SignInService,
    private readonly refreshes: RefreshService,
    private readonly sessions: SessionsService,
  ) {}

  /** Opens its transactions itself: a refused sign-in is written down, and no connection waits for a hash. */
  @Handles(Login, { transaction: false })
  login(input: LoginRequest, call: Call): Promise<SignedIn> {
    return this.signIn.login(input, call);
  }

  /** One statement, which is its own transaction. */
  @Handles(RefreshSession, { transaction: false })
  refresh(input: RefreshSessionRequest, call: Call): Promise<IssuedTokens> {
    return this.refreshes.refresh(input, call);
  }

  @Handles(Logout)
  logout(input: LogoutRequest, call: Call): Promise<EndedSessions> {
    return this.sessions.logout(input, call.actor);
  }

  @Handles(ListSessions, { transaction: false })
  async list(_input: Empty, call: Call): Promise<SessionList> {
    return this.sessions.list(personOf(call.actor));
  }

  @Handles(RevokeSession)
  async revoke(input: RevokeSessionRequest, call: Call): Promise<EndedSessions> {
    return this.sessions.revoke(personOf(call.actor), input.session_id);
  }
}
