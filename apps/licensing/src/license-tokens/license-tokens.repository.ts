import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** A license token as it was signed. */
export interface StoredToken {
  user_id: string;
  /** Seconds it was asked to live; clients with different policies have different tokens. */
  ttl: number;
  /** Version of the entitlement that it states. */
  version: number;
  /** Digest of what it states. */
  states: string;
  token: string;
  issued_at: Date;
  expires_at: Date;
}

const COLUMNS = 'user_id, ttl, version, states, token, issued_at, expires_at';
type Row = Omit<StoredToken, 'version'> & { version: string };
const read = (row: Row): StoredToken => ({ ...row, version: Number(row.version) });

@Injectable()
export class LicenseTokensRepository {
  constructor(private readonly tx: Transactions) {}

  async find(userId: string, ttl: number): Promise<StoredToken | undefined> {
    const sql = `SELECT ${COLUMNS} FROM license_tokens WHERE user_id = $1 AND ttl = $2`;
    const [row] = await this.tx.query<Row>(sql, [userId, ttl]);
    return row && read(row);
  }

  /**
   * Keeps a new token unless a parallel call has kept one as good or newer.
   * @param now one that is over by then is replaced by one that says the same
   * @param staleBefore and so is one that was issued before this
   * @returns the token that stands
   */
  async keep(made: StoredToken, now: Date, staleBefore: Date): Promise<StoredToken> {
    const [row] = await this.tx.query<Row>(
      `INSERT INTO license_tokens AS old (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (user_id, ttl) DO UPDATE
         SET version = excluded.version, states = excluded.states, token = excluded.token,
             issued_at = excluded.issued_at, expires_at = excluded.expires_at
         WHERE old.version < excluded.version
            OR (old.version = excluded.version
                AND (old.states <> excluded.states OR old.issued_at <= $8 OR old.expires_at <= $9))
       RETURNING ${COLUMNS}`,
      [
        ...[made.user_id, made.ttl, made.version, made.states, made.token, made.issued_at, made.expires_at],
        ...[staleBefore, now],
      ],
    );
    return row ? read(row) : (await this.find(made.user_id, made.ttl))!;
  }
}
