import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

export interface InstallationRow {
  id: string;
  client_id: string;
  name: string;
  platform: string | null;
  app_version: string | null;
  created_at: Date;
  last_seen_at: Date;
}

export type NewInstallation = Omit<InstallationRow, 'created_at' | 'last_seen_at'> & {
  user_id: string;
  approved_at: string;
};

/** Table `installations`. */
@Injectable()
export class InstallationsRepository {
  constructor(private readonly tx: Transactions) {}

  async insert(i: NewInstallation): Promise<void> {
    await this.tx.query(
      `INSERT INTO installations (id, user_id, client_id, name, platform, app_version, created_at, last_seen_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (id) DO NOTHING`,
      [i.id, i.user_id, i.client_id, i.name, i.platform, i.app_version, i.approved_at],
    );
  }

  /** Those of a person, the newest first. */
  async of(userId: string): Promise<InstallationRow[]> {
    return this.tx.query(
      `SELECT id, client_id, name, platform, app_version, created_at, last_seen_at FROM installations
       WHERE user_id = $1 ORDER BY created_at DESC, id LIMIT 1000`,
      [userId],
    );
  }

  /** Keeps when they were seen last, which is longer than their sessions are kept. */
  async seen(sightings: { installation_id: string; last_seen_at: string }[]): Promise<void> {
    await this.tx.query(
      `UPDATE installations i SET last_seen_at = s.at
       FROM unnest($1::uuid[], $2::timestamptz[]) AS s (id, at) WHERE i.id = s.id AND i.last_seen_at < s.at`,
      [sightings.map((s) => s.installation_id), sightings.map((s) => s.last_seen_at)],
    );
  }

  /** @returns whether that person had it */
  async delete(id: string, userId: string): Promise<boolean> {
    const sql = 'DELETE FROM installations WHERE id = $1 AND user_id = $2 RETURNING id';
    return (await this.tx.query(sql, [id, userId])).length > 0;
  }
}
