import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

export interface NewDevice {
  id: string;
  user_id: string;
  client_id: string;
  name: string;
  token_id: string;
  expires_at: Date;
}

export interface DeviceRow {
  id: string;
  name: string;
  created_at: Date;
  last_seen_at: Date | null;
}

/** Paired devices and their tokens' ids: table `devices`. They end together with all sessions in `sessions.repository`. */
@Injectable()
export class DevicesRepository {
  constructor(private readonly tx: Transactions) {}

  /**
   * Keeps a device unless its account is suspended, deleted or gone. The account's row is held: a suspension that comes
   * at the same time either sees the device or is seen here.
   */
  async insert(d: NewDevice): Promise<boolean> {
    const rows = await this.tx.query(
      `INSERT INTO devices (id, user_id, client_id, name, token_id, expires_at)
       SELECT $1, u.id, $3, $4, $5, $6 FROM website_users u
       WHERE u.id = $2 AND u.is_active AND u.deleted_at IS NULL FOR SHARE OF u
       RETURNING id`,
      [d.id, d.user_id, d.client_id, d.name, d.token_id, d.expires_at],
    );
    return rows.length > 0;
  }

  /** The devices of an account whose tokens are good, the newest first. */
  async live(userId: string): Promise<DeviceRow[]> {
    return this.tx.query(
      `SELECT id, name, created_at, last_seen_at FROM devices
       WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now() ORDER BY id DESC LIMIT 1000`,
      [userId],
    );
  }

  async countLive(userId: string): Promise<number> {
    const [row] = await this.tx.query<{ n: number }>(
      `SELECT count(*)::integer AS n FROM devices WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now()`,
      [userId],
    );
    return row!.n;
  }

  /** @returns the id of its token; nothing when the account has no such device */
  async revoke(id: string, userId: string, reason: string): Promise<string | undefined> {
    const [row] = await this.tx.query<{ token_id: string }>(
      `UPDATE devices SET revoked_at = now(), revoked_reason = $3
       WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > now() RETURNING token_id`,
      [id, userId, reason],
    );
    return row?.token_id;
  }

  /** Notes that these devices were seen; rows that somebody else is changing are left for the next time. */
  async touch(ids: string[], staleAfterSeconds: number): Promise<void> {
    await this.tx.query(
      `WITH due AS (
        SELECT id FROM devices
        WHERE id = ANY ($1::uuid[]) AND (last_seen_at IS NULL OR last_seen_at < now() - make_interval(secs => $2))
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
      )
      UPDATE devices d SET last_seen_at = now() FROM due WHERE d.id = due.id`,
      [ids, staleAfterSeconds],
    );
  }
}
