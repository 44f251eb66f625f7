import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Ends what hangs on an account when it gets into other hands, or back into the right ones. */
@Injectable()
export class AccountSweepRepository {
  constructor(private readonly tx: Transactions) {}

  /** Ends the sessions of an account but for one, in the order of their ids. @returns the ended ones */
  async endOthers(userId: string, reason: string, except: string): Promise<string[]> {
    const ended = await this.tx.query<{ id: string }>(
      `WITH open AS (
         SELECT id FROM auth_sessions WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $3::uuid
         ORDER BY id FOR UPDATE
       )
       UPDATE auth_sessions s SET revoked_at = now(), revoked_reason = $2 FROM open WHERE s.id = open.id RETURNING s.id`,
      [userId, reason, except],
    );
    return ended.map((session) => session.id);
  }

  /**
   * Ends one session of that account, whose row comes first as with whatever ends them all: else the two would wait for
   * each other. @returns whether there was one to end
   */
  async endSession(userId: string, sessionId: string, reason: string): Promise<boolean> {
    const rows = await this.tx.query(
      `WITH owner AS (SELECT id FROM website_users WHERE id = $1 FOR NO KEY UPDATE)
       UPDATE auth_sessions s SET revoked_at = now(), revoked_reason = $3 FROM owner
       WHERE s.id = $2 AND s.user_id = owner.id AND s.revoked_at IS NULL RETURNING s.id`,
      [userId, sessionId, reason],
    );
    return rows.length > 0;
  }

  /** From now on no device is known that was before; not from the beginning of the transaction, which may have waited. */
  async forgetDevices(userId: string): Promise<void> {
    await this.tx.query('UPDATE website_users SET devices_known_from = clock_timestamp() WHERE id = $1', [userId]);
  }

  /** Ways in that somebody has added to the account. */
  async dropWaysIn(userId: string): Promise<void> {
    await this.tx.query('DELETE FROM oauth_accounts WHERE user_id = $1', [userId]);
    await this.tx.query('DELETE FROM passkeys WHERE user_id = $1', [userId]);
  }

  /** Nothing matches any more; a reset by mail gives another one. */
  async dropPassword(userId: string): Promise<void> {
    await this.tx.query(
      `UPDATE website_users SET password_hash = NULL, credential_version = credential_version + 1, updated_at = now()
       WHERE id = $1`,
      [userId],
    );
  }

  /** Sign-ins that have shown a password and wait for their second factor. */
  async dropPendingSignIns(userId: string): Promise<void> {
    await this.tx.query('DELETE FROM mfa_challenges WHERE user_id = $1', [userId]);
  }
}
