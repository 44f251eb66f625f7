import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** The license token last issued to an account with a lifetime of `ttl` seconds. Timestamps are ISO texts. */
export interface CachedLicenseToken {
  token: string;
  entitlement_version: number;
  issued_at: string;
  expires_at: string;
}

/** Keeps issued license tokens, so that a refresh does not have to ask for one. */
@Injectable()
export class LicenseTokensRepository {
  constructor(private readonly tx: Transactions) {}

  async find(userId: string, ttl: number): Promise<CachedLicenseToken | undefined> {
    const [row] = await this.tx.query<{ cached: CachedLicenseToken }>(
      'SELECT to_jsonb(l) AS cached FROM license_tokens l WHERE user_id = $1 AND ttl = $2',
      [userId, ttl],
    );
    return row?.cached;
  }

  /** Keeps a token unless a newer statement is kept already, or the account is gone. */
  async keep(userId: string, ttl: number, cached: CachedLicenseToken): Promise<void> {
    await this.tx.query(
      `INSERT INTO license_tokens AS l (user_id, ttl, token, entitlement_version, issued_at, expires_at)
       SELECT id, $2, $3, $4, $5, $6 FROM website_users WHERE id = $1
       ON CONFLICT (user_id, ttl) DO UPDATE
       SET token = EXCLUDED.token, entitlement_version = EXCLUDED.entitlement_version,
         issued_at = EXCLUDED.issued_at, expires_at = EXCLUDED.expires_at
       WHERE l.entitlement_version <= EXCLUDED.entitlement_version`,
      [userId, ttl, cached.token, cached.entitlement_version, cached.issued_at, cached.expires_at],
    );
  }

  /** Drops the tokens that state an older entitlement than `version`. */
  async dropOlder(userId: string, version: number): Promise<void> {
    await this.tx.query('DELETE FROM license_tokens WHERE user_id = $1 AND entitlement_version < $2', [
      userId,
      version,
    ]);
  }
}
