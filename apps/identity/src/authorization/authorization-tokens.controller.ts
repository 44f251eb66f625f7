import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ExchangeCode,
  ListGrants,
  ReadUserInfo,
  RevokeGrant,
  RevokeToken,
  type AuthorizationGrants,
  type AuthorizedTokens,
  type Call,
  type Empty,
  type EndedSessions,
  type ExchangeCodeRequest,
  type RevokeGrantRequest,
  type RevokeTokenRequest,
  type UserInfo,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { CodeExchange } from './code-exchange.service.js';
import { Grants } from './grants.service.js';
import { SignOuts } from './sign-outs.service.js';
import { UserInfos } from './user-info.service.js';

/** What follows from an authorization: tokens, what they show, and their end. */
@Controller()
export class AuthorizationTokensController {
  constructor(
    private readonly codes: CodeExchange,
    private readonly grants: Grants,
    private readonly signOuts: SignOuts,
    private readonly userInfos: UserInfos,
  ) {}

  /** Opens its transactions itself: a replay is written down though it is refused, and nobody waits for a signature. */
  @Handles(ExchangeCode, { transaction: false })
  exchange(input: ExchangeCodeRequest, call: Call): Promise<AuthorizedTokens> {
    return this.codes.exchange(input, call);
  }

  @Handles(ReadUserInfo, { transaction: false })
  async userInfo(_input: Empty, call: Call): Promise<UserInfo> {
    return this.userInfos.read(personOf(call.actor));
  }

  @Handles(RevokeToken)
  revokeToken(input: RevokeTokenRequest): Promise<EndedSessions> {
    return this.signOuts.revoke(input);
  }

  @Handles(ListGrants, { transaction: false })
  async list(_input: Empty, call: Call): Promise<AuthorizationGrants> {
    return this.grants.list(personOf(call.actor));
  }

  @Handles(RevokeGrant)
  async revoke({ client_id }: RevokeGrantRequest, call: Call): Promise<EndedSessions> {
    return this.grants.revoke(personOf(call.actor), client_id);
  }
}
