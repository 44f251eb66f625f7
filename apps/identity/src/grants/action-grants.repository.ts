import { Injectable } from '@nestjs/common';
import type { GrantAction, UserActor } from '#contracts';
import { Transactions } from '#persistence';

/** What a grant is good for, and for whom. */
export interface GrantScope {
  actor: UserActor;
  action: GrantAction;
  record: string;
}

/** Table `action_grants`; only hashes are kept. */
@Injectable()
export class ActionGrantsRepository {
  constructor(private readonly tx: Transactions) {}

  /** Keeps a grant, and clears away the person's old ones. */
  async add(hash: Buffer, { actor, action, record }: GrantScope, seconds: number): Promise<void> {
    await this.tx.query(
      `WITH old AS (DELETE FROM action_grants WHERE user_id = $2 AND expires_at <= now())
       INSERT INTO action_grants (grant_hash, user_id, session_id, action, record, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))`,
      [hash, actor.user_id, actor.session_id, action, record, seconds],
    );
  }

  /** Takes the grant away. @returns whether it was there, in time and for just this */
  async take(hash: Buffer, { actor, action, record }: GrantScope): Promise<boolean> {
    const rows = await this.tx.query(
      `DELETE FROM action_grants
       WHERE grant_hash = $1 AND user_id = $2 AND session_id = $3 AND action = $4 AND record = $5 AND expires_at > now()
       RETURNING 1`,
      [hash, actor.user_id, actor.session_id, action, record],
    );
    return rows.length === 1;
  }
}
