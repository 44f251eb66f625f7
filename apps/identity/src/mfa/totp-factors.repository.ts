import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

export interface TotpFactor {
  user_id: string;
  sealed_secret: string;
  /** Null until its first right code. */
  enabled_at: Date | null;
}

/** Authenticators: table `totp_factors`, one an account. */
@Injectable()
export class TotpFactorsRepository {
  constructor(private readonly tx: Transactions) {}

  async find(userId: string): Promise<TotpFactor | undefined> {
    const [row] = await this.tx.query<TotpFactor>(
      'SELECT user_id, sealed_secret, enabled_at FROM totp_factors WHERE user_id = $1',
      [userId],
    );
    return row;
  }

  /** Keeps a new secret in place of one that is not in use. @returns false when one is */
  async propose(userId: string, sealedSecret: string): Promise<boolean> {
    const rows = await this.tx.query(
      `INSERT INTO totp_factors AS f (user_id, sealed_secret) VALUES ($1, $2)
       ON CONFLICT (user_id) DO UPDATE SET sealed_secret = EXCLUDED.sealed_secret, last_step = 0, created_at = now()
       WHERE f.enabled_at IS NULL RETURNING user_id`,
      [userId, sealedSecret],
    );
    return rows.length > 0;
  }

  /** Puts the proposed secret into use, once. @returns false when it is in use, or another than was proven */
  async enable(factor: TotpFactor, step: number): Promise<boolean> {
    const rows = await this.tx.query(
      `WITH enabled AS (
        UPDATE totp_factors SET enabled_at = now(), last_step = $3
        WHERE user_id = $1 AND sealed_secret = $2 AND enabled_at IS NULL RETURNING user_id
      )
      UPDATE website_users u SET mfa_since = now(), updated_at = now() FROM enabled
      WHERE u.id = enabled.user_id RETURNING u.id`,
      [factor.user_id, factor.sealed_secret, step],
    );
    return rows.length > 0;
  }

  /** Takes a step, once: of any number that show the same code one gets through (R-MF1, RFC 6238 §5.2). */
  async takeStep(userId: string, step: number): Promise<boolean> {
    const rows = await this.tx.query(
      `UPDATE totp_factors SET last_step = $2
       WHERE user_id = $1 AND enabled_at IS NOT NULL AND last_step < $2 RETURNING user_id`,
      [userId, step],
    );
    return rows.length > 0;
  }

  /** Removes the factor and what hangs on it. @returns false when it was not in use */
  async remove(userId: string): Promise<boolean> {
    const rows = await this.tx.query(
      `WITH removed AS (
        DELETE FROM totp_factors WHERE user_id = $1 AND enabled_at IS NOT NULL RETURNING user_id
      ), codes AS (
        DELETE FROM recovery_codes r USING removed WHERE r.user_id = removed.user_id
      ), challenges AS (
        DELETE FROM mfa_challenges c USING removed WHERE c.user_id = removed.user_id
      )
      UPDATE website_users u SET mfa_since = NULL, updated_at = now() FROM removed
      WHERE u.id = removed.user_id RETURNING u.id`,
      [userId],
    );
    return rows.length > 0;
  }
}
