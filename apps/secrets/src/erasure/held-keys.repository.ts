import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** By the subjects that the vault gives to the records of a person, in all their versions. */
const USES = `
  WITH subjects AS (
    SELECT format('stream %s stream_key %s', id, n) AS subject
      FROM streams, generate_series(1, key_version) AS n WHERE user_id = $1
    UNION ALL
    SELECT format('chat_source %s config %s', id, n)
      FROM chat_sources, generate_series(1, version) AS n WHERE user_id = $1
    UNION ALL
    SELECT $1::uuid::text)
  SELECT at, action, caller FROM audit_log JOIN subjects USING (subject) ORDER BY at DESC LIMIT 1000`;

/** What a person may know of what is kept for them here: that it is, and what for; never the keys or the values. */
@Injectable()
export class HeldKeysRepository {
  constructor(private readonly tx: Transactions) {}

  async read(userId: string): Promise<Record<string, unknown>> {
    return {
      keys: await this.tx.query(
        `SELECT purpose, state, created_at FROM data_keys WHERE owner_type = 'user' AND owner_id = $1 ORDER BY id`,
        [userId],
      ),
      streams: await this.tx.query(
        `SELECT id, label, platform, rtmp_url, key_preview AS stream_key_preview, enabled, created_at, updated_at
         FROM streams WHERE user_id = $1 ORDER BY id`,
        [userId],
      ),
      chat_sources: await this.tx.query(
        `SELECT id, platform, label, masked AS config, account, status, created_at, updated_at
         FROM chat_sources WHERE user_id = $1 ORDER BY id`,
        [userId],
      ),
      uses: await this.tx.query(USES, [userId]),
    };
  }
}
