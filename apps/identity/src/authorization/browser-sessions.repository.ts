import { Injectable } from '@nestjs/common';
import { PAGES_CLIENT_ID } from '#contracts';
import { Transactions } from '#persistence';
import { MacKeys } from '../keys/mac-keys.service.js';
import { hashToken, readRefreshToken, writeRefreshToken } from '../sessions/refresh-token.rules.js';
import { GRACE_SECONDS } from '../sessions/refresh.queries.js';

/** Who is signed in at a browser, and since when. */
export interface SignedInBrowser {
  session_id: string;
  user_id: string;
  username: string;
  amr: string[];
  auth_time: Date;
  /** The account asks for a second factor by now, and this session has shown one only. */
  lacks_factor: boolean;
}

/** Sessions of Gatehouse's own pages, found by the token in their cookie. */
@Injectable()
export class BrowserSessionsRepository {
  constructor(
    private readonly tx: Transactions,
    private readonly keys: MacKeys,
  ) {}

  /**
   * The live session of a cookie's token: the current one, or the one before it within the grace window, because
   * another tab may have refreshed a moment ago. It is looked at and not rotated.
   */
  async find(token: string | undefined): Promise<SignedInBrowser | undefined> {
    const claim = token === undefined ? undefined : readRefreshToken(this.keys.refresh, token);
    if (!claim) return undefined;
    const successor = writeRefreshToken(this.keys.refresh, { ...claim, generation: claim.generation + 1 });
    const [session] = await this.tx.query<SignedInBrowser>(
      `SELECT s.id AS session_id, s.user_id, s.amr, s.auth_time, u.username,
         u.mfa_since IS NOT NULL AND 'mfa' <> ALL (s.amr) AS lacks_factor
       FROM auth_sessions s JOIN website_users u ON u.id = s.user_id
       WHERE s.id = $1 AND s.client_id = $2 AND s.scopes IS NULL AND s.revoked_at IS NULL
         AND s.expires_at > now() AND s.idle_expires_at > now() AND u.is_active AND u.deleted_at IS NULL
         AND (s.refresh_token_hash = $3
           OR (s.refresh_token_hash = $4 AND s.rotated_at > now() - interval '${GRACE_SECONDS} seconds'))`,
      [claim.session_id, PAGES_CLIENT_ID, hashToken(token!), hashToken(successor)],
    );
    return session;
  }
}
