import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Which second factors an account has, across their tables. */
@Injectable()
export class SecondFactorKindsRepository {
  constructor(private readonly tx: Transactions) {}

  /** Of `totp`, `recovery_code` and `passkey`, those that could be shown now. */
  async of(userId: string): Promise<string[]> {
    const rows = await this.tx.query<{ kind: string }>(
      `SELECT 'totp' AS kind FROM totp_factors WHERE user_id = $1 AND enabled_at IS NOT NULL
       UNION ALL
       (SELECT 'recovery_code' FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL LIMIT 1)
       UNION ALL
       (SELECT 'passkey' FROM passkeys WHERE user_id = $1 LIMIT 1)`,
      [userId],
    );
    return rows.map((row) => row.kind);
  }
}
