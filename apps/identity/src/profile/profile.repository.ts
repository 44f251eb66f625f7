import { Injectable } from '@nestjs/common';
import type { UserActor } from '#contracts';
import { Transactions } from '#persistence';
import { viewColumns, type UserColumns } from '../users/website-user.entity.js';

/** What a person may change of the own account. */
export type Profile = Pick<UserColumns, 'display_name' | 'avatar_url' | 'bio' | 'status'>;

/** The profile columns of `website_users`. */
@Injectable()
export class ProfileRepository {
  constructor(private readonly tx: Transactions) {}

  /** The account behind a live session, held until the transaction ends: changes of one profile take turns. */
  async lock(actor: UserActor): Promise<UserColumns | undefined> {
    const [row] = await this.tx.query<UserColumns>(
      `SELECT ${viewColumns('u')} FROM website_users u JOIN auth_sessions s ON s.user_id = u.id
       WHERE u.id = $1 AND s.id = $2 AND u.is_active AND u.deleted_at IS NULL
         AND s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_expires_at > now()
       FOR NO KEY UPDATE OF u`,
      [actor.user_id, actor.session_id],
    );
    return row;
  }

  /** Who is to be seen again looks as if they came just now: when they were seen before tells that they were hidden. */
  async write(userId: string, { display_name, avatar_url, bio, status }: Profile): Promise<void> {
    await this.tx.query(
      `UPDATE website_users SET display_name = $2, avatar_url = $3, bio = $4, status = $5, updated_at = now(),
         last_seen_at = CASE WHEN status = 'invisible' AND $5 <> 'invisible' THEN now() ELSE last_seen_at END
       WHERE id = $1`,
      [userId, display_name, avatar_url, bio, status],
    );
  }
}
