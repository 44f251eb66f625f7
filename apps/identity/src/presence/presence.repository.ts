import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/**
 * Seen within two minutes, to the moment, means there (RT28); for whoever said goodbye, a few seconds in which somebody
 * who comes back has never been away (RT26). All by one clock, the database's.
 */
const THERE = `last_seen_at >= now() - interval '2 minutes' AND (left_at IS NULL OR left_at > now() - interval '12 seconds')`;
const MOST = 1_000;

export interface SeenUser {
  id: string;
  username: string;
  display_name: string | null;
  avatar_url: string | null;
  status: 'online' | 'away' | 'busy';
  last_seen_at: Date;
}

/** Who was seen when: `website_users.last_seen_at`. */
@Injectable()
export class PresenceRepository {
  constructor(private readonly tx: Transactions) {}

  /** Whoever is invisible is not among them, and so is told apart from nobody who is away. */
  async there(): Promise<SeenUser[]> {
    return this.tx.query<SeenUser>(
      `SELECT id, username, display_name, avatar_url, status, last_seen_at FROM website_users
       WHERE ${THERE} AND status <> 'invisible' AND is_active AND deleted_at IS NULL
       ORDER BY last_seen_at DESC, id LIMIT ${MOST}`,
      [],
    );
  }

  /** Notes that these people left; who comes back is touched. */
  async leave(ids: string[]): Promise<void> {
    await this.tx.query(
      `WITH due AS (
        SELECT id FROM website_users WHERE id = ANY ($1::uuid[]) AND ${THERE} AND left_at IS NULL
        ORDER BY id FOR NO KEY UPDATE
      )
      UPDATE website_users u SET left_at = now() FROM due WHERE u.id = due.id`,
      [ids],
    );
  }
}
