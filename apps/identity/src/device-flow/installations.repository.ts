import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** An installation as it described itself, with who approved it when. */
export interface ApprovedRow {
  user_id: string;
  client_id: string;
  name: string | null;
  platform: string | null;
  app_version: string | null;
  decided_at: Date;
}

/** What identity knows of installations: the requests they came from and the sessions they have. */
@Injectable()
export class InstallationsRepository {
  constructor(private readonly tx: Transactions) {}

  async approved(id: string): Promise<ApprovedRow | undefined> {
    const [row] = await this.tx.query<ApprovedRow>(
      `SELECT user_id, client_id, name, platform, app_version, decided_at FROM device_requests
       WHERE id = $1 AND status IN ('approved', 'redeemed')`,
      [id],
    );
    return row;
  }

  /** When sessions of these installations were used last. */
  async seen(userId: string, ids: string[]): Promise<{ installation_id: string; last_seen_at: Date }[]> {
    return this.tx.query(
      `SELECT device_id AS installation_id, max(last_used_at) AS last_seen_at FROM auth_sessions
       WHERE user_id = $1 AND device_id = ANY ($2::text[]) GROUP BY device_id`,
      [userId, ids],
    );
  }

  /** Ends the sessions of these installations, and what was approved and not fetched yet. @returns the sessions' ids */
  async end(userId: string, ids: string[], reason: string): Promise<string[]> {
    const rows = await this.tx.query<{ id: string }>(
      `WITH withdrawn AS (
         UPDATE device_requests SET status = 'denied'
         WHERE user_id = $1 AND id::text = ANY ($2::text[]) AND status = 'approved'
       ), live AS (
         SELECT id FROM auth_sessions
         WHERE user_id = $1 AND device_id = ANY ($2::text[]) AND revoked_at IS NULL ORDER BY id FOR UPDATE
       )
       UPDATE auth_sessions s SET revoked_at = now(), revoked_reason = $3 FROM live WHERE s.id = live.id RETURNING s.id`,
      [userId, ids, reason],
    );
    return rows.map((row) => row.id);
  }
}
