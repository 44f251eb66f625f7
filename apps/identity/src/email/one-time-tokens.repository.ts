import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { MailTokenKind } from './mail-token.rules.js';
import { OneTimeToken } from './one-time-token.entity.js';

export type NewOneTimeToken = Pick<OneTimeToken, 'id' | 'kind' | 'user_id' | 'email' | 'token_hash' | 'expires_at'> &
  Partial<Pick<OneTimeToken, 'session_id' | 'notice'>>;

const OPEN = 'consumed_at IS NULL AND voided_at IS NULL';

/** Tokens that are good once: table `one_time_tokens`. */
@Injectable()
export class OneTimeTokensRepository {
  constructor(private readonly tx: Transactions) {}

  /** Stores a token and voids the older ones of its kind (R-RC4). The account's row makes two such calls take turns. */
  async issue(token: NewOneTimeToken): Promise<void> {
    await this.lock(token.user_id);
    await this.void(token.user_id, [token.kind]);
    await this.add(token);
  }

  /** Stores a token beside the older ones of its kind. */
  async add(token: NewOneTimeToken): Promise<void> {
    await this.tx.query(
      `INSERT INTO one_time_tokens (id, kind, user_id, email, token_hash, expires_at, session_id, notice)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        ...[token.id, token.kind, token.user_id, token.email, token.token_hash, token.expires_at],
        ...[token.session_id ?? null, token.notice ?? null],
      ],
    );
  }

  /** Makes the open tokens of those kinds worthless. @param since only those that were made then, or later */
  async void(userId: string, kinds: readonly MailTokenKind[], since: Date = new Date(0)): Promise<void> {
    await this.tx.query(
      `UPDATE one_time_tokens SET voided_at = now()
       WHERE user_id = $1 AND kind = ANY ($2::text[]) AND created_at >= $3 AND ${OPEN}`,
      [userId, kinds, since],
    );
  }

  /**
   * Uses a token up. Of any number that try at once the database lets one through. The account's row comes first here
   * as in {@link issue}, or the two would wait for each other.
   * @returns the token to the one who got it, nothing to all others
   */
  async consume(id: string, kind: MailTokenKind, tokenHash: Buffer): Promise<OneTimeToken | undefined> {
    const [row] = await this.tx.query<OneTimeToken>(
      `WITH owner AS (
         SELECT u.id FROM website_users u JOIN one_time_tokens t ON t.user_id = u.id WHERE t.id = $1
         FOR NO KEY UPDATE OF u
       )
       UPDATE one_time_tokens t SET consumed_at = now() FROM owner
       WHERE t.id = $1 AND t.user_id = owner.id AND kind = $2 AND token_hash = $3 AND ${OPEN} AND expires_at > now()
       RETURNING t.*`,
      [id, kind, tokenHash],
    );
    return row;
  }

  async find(id: string): Promise<OneTimeToken | null> {
    return this.tx.manager.findOneBy(OneTimeToken, { id });
  }

  /** The one of its kind that could be consumed now. */
  async latest(userId: string, kind: MailTokenKind): Promise<OneTimeToken | undefined> {
    const [row] = await this.tx.query<OneTimeToken>(
      `SELECT * FROM one_time_tokens WHERE user_id = $1 AND kind = $2 AND ${OPEN} AND expires_at > now()
       ORDER BY created_at DESC LIMIT 1`,
      [userId, kind],
    );
    return row;
  }

  /**
   * Gives the account's open token that nobody has asked for, if it is young, to the session that asks now.
   * @returns its id to the first who asks
   */
  async adopt(userId: string, kind: MailTokenKind, sessionId: string, since: Date): Promise<string | undefined> {
    const [row] = await this.tx.query<{ id: string }>(
      `UPDATE one_time_tokens SET session_id = $3
       WHERE user_id = $1 AND kind = $2 AND session_id IS NULL AND created_at > $4 AND ${OPEN} AND expires_at > now()
       RETURNING id`,
      [userId, kind, sessionId, since],
    );
    return row?.id;
  }

  /** How many of a kind were issued to an account in the last hour; those who ask take turns until they have decided. */
  async issuedLately(userId: string, kind: MailTokenKind): Promise<number> {
    await this.lock(userId);
    const [row] = await this.tx.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM one_time_tokens
       WHERE user_id = $1 AND kind = $2 AND created_at > now() - interval '1 hour'`,
      [userId, kind],
    );
    return row!.count;
  }

  private async lock(userId: string): Promise<void> {
    await this.tx.query('SELECT 1 FROM website_users WHERE id = $1 FOR NO KEY UPDATE', [userId]);
  }
}
