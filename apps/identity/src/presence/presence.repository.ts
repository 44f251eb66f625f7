import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Seen within this time means there. */
const THERE = `interval '2 minutes'`;
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
       WHERE last_seen_at > now() - ${THERE} AND status <> 'invisible' AND is_active AND deleted_at IS NULL
       ORDER BY last_seen_at DESC, id LIMIT ${MOST}`,
      [],
    );
  }
}
