import { Injectable } from '@nestjs/common';
import {
  ClientAuthenticationFailed,
  type BrowserSession,
  type EndAuthorizationRequest,
  type EndedSessions,
  type RevokeTokenRequest,
} from '#contracts';
import { Clients } from '../clients/clients.service.js';
import { MacKeys } from '../keys/mac-keys.service.js';
import { readRefreshToken } from '../sessions/refresh-token.rules.js';
import { BrowserSessionsRepository } from './browser-sessions.repository.js';
import { GrantsRepository } from './grants.repository.js';
import { SessionEnds } from './session-ends.service.js';

/** Signing out at the browser and at an application, and revocation of tokens. */
@Injectable()
export class SignOuts {
  constructor(
    private readonly clients: Clients,
    private readonly keys: MacKeys,
    private readonly browsers: BrowserSessionsRepository,
    private readonly grants: GrantsRepository,
    private readonly ends: SessionEnds,
  ) {}

  async who(sessionToken: string): Promise<BrowserSession> {
    const { user_id = null, session_id = null, username = null } = (await this.browsers.find(sessionToken)) ?? {};
    return { user_id, session_id, username };
  }

  /** The browser's session, and the application's that an ID token names. */
  async end({ session_token, user_id, session_id }: EndAuthorizationRequest): Promise<EndedSessions> {
    const browser = await this.browsers.find(session_token);
    const named = session_id === undefined || user_id === undefined ? [] : [{ session_id, user_id }];
    return this.ends.end([...named, ...(browser ? [browser] : [])]);
  }

  /**
   * RFC 7009, R-AS6. A session ends as a whole: its refresh token and its access tokens.
   * @throws Refusal `client_authentication_failed` when the token is another client's, or a confidential client's and
   *   that one has not proven itself
   */
  async revoke({ refresh_token, session_id, client_id }: RevokeTokenRequest): Promise<EndedSessions> {
    const claim = refresh_token === undefined ? undefined : readRefreshToken(this.keys.refresh, refresh_token);
    const id = session_id ?? claim?.session_id;
    const owner = id && (await this.grants.clientOf(id));
    if (!id || !owner) return { session_ids: [] };
    const allowed = client_id === undefined ? !this.clients.policyOf(owner).confidential : owner === client_id;
    if (!allowed) throw ClientAuthenticationFailed.with('The token was issued to another client.');
    return this.ends.end([{ session_id: id }]);
  }
}
