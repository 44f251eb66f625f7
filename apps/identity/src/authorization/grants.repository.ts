import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { EndedSession } from '../sessions/sessions.repository.js';

/** What a person has allowed an application. */
export interface StoredGrant {
  client_id: string;
  scopes: string[];
  granted_at: Date;
  last_used_at: Date;
}

/** What people have allowed applications: table `authorization_grants`. */
@Injectable()
export class GrantsRepository {
  constructor(private readonly tx: Transactions) {}

  /** The scopes that an application was allowed; none when it was allowed nothing. */
  async scopesOf(userId: string, clientId: string): Promise<string[]> {
    const [row] = await this.tx.query<{ scopes: string[] }>(
      'SELECT scopes FROM authorization_grants WHERE user_id = $1 AND client_id = $2',
      [userId, clientId],
    );
    return row?.scopes ?? [];
  }

  /** Adds to what an application was allowed. @returns whether it is more than before */
  async allow(userId: string, clientId: string, scopes: string[]): Promise<boolean> {
    const [row] = await this.tx.query<{ grown: boolean }>(
      `INSERT INTO authorization_grants AS stored (user_id, client_id, scopes)
       VALUES ($1, $2, ARRAY(SELECT DISTINCT unnest($3::text[]) ORDER BY 1))
       ON CONFLICT (user_id, client_id) DO UPDATE SET last_used_at = now(),
         scopes = ARRAY(SELECT DISTINCT unnest(stored.scopes || EXCLUDED.scopes) ORDER BY 1)
       RETURNING COALESCE(NOT (new.scopes <@ old.scopes), true) AS grown`,
      [userId, clientId, scopes],
    );
    return row!.grown;
  }

  list(userId: string): Promise<StoredGrant[]> {
    return this.tx.query(
      `SELECT client_id, scopes, granted_at, last_used_at FROM authorization_grants
       WHERE user_id = $1 ORDER BY last_used_at DESC, client_id`,
      [userId],
    );
  }

  /** @returns false when there was nothing to take back */
  async revoke(userId: string, clientId: string): Promise<boolean> {
    const rows = await this.tx.query(
      'DELETE FROM authorization_grants WHERE user_id = $1 AND client_id = $2 RETURNING client_id',
      [userId, clientId],
    );
    return rows.length > 0;
  }

  /** Ends the sessions that an application was allowed, in the order of their ids. */
  endSessions(userId: string, clientId: string): Promise<EndedSession[]> {
    return this.tx.query(
      `WITH open AS (
        SELECT id FROM auth_sessions
        WHERE user_id = $1 AND client_id = $2 AND scopes IS NOT NULL AND revoked_at IS NULL ORDER BY id FOR UPDATE
      )
      UPDATE auth_sessions s SET revoked_at = now(), revoked_reason = 'user_revoked'
      FROM open WHERE s.id = open.id RETURNING s.id, s.user_id`,
      [userId, clientId],
    );
  }

  /** The client of a session; the session may have ended. */
  async clientOf(sessionId: string): Promise<string | undefined> {
    const [row] = await this.tx.query<{ client_id: string }>('SELECT client_id FROM auth_sessions WHERE id = $1', [
      sessionId,
    ]);
    return row?.client_id;
  }
}
