import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

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
      uses: await this.tx.query(
        'SELECT at, action, caller FROM audit_log WHERE subject = $1 ORDER BY at DESC LIMIT 1000',
        [userId],
      ),
    };
  }
}
