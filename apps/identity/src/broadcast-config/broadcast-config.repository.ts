import { Injectable } from '@nestjs/common';
import type { StreamOverrides } from '#contracts';
import { Transactions } from '#persistence';

/** What a person chose; without a preset it is the default one. */
export interface StoredBroadcastConfig {
  preset_id: string | null;
  overrides: StreamOverrides;
}

type Stamped = StoredBroadcastConfig & { updated_at: Date };

/** Choices for broadcasts: table `broadcast_configs`. */
@Injectable()
export class BroadcastConfigRepository {
  constructor(private readonly tx: Transactions) {}

  async find(userId: string): Promise<Stamped | undefined> {
    const sql = 'SELECT preset_id, overrides, updated_at FROM broadcast_configs WHERE user_id = $1';
    return (await this.tx.query<Stamped & { [column: string]: unknown }>(sql, [userId]))[0];
  }

  /** The person's choices, held until the transaction ends; there is a row from now on, so that the first two take turns. */
  async lock(userId: string): Promise<StoredBroadcastConfig> {
    await this.tx.query('INSERT INTO broadcast_configs (user_id) VALUES ($1) ON CONFLICT DO NOTHING', [userId]);
    const [row] = await this.tx.query<StoredBroadcastConfig & { [column: string]: unknown }>(
      'SELECT preset_id, overrides FROM broadcast_configs WHERE user_id = $1 FOR UPDATE',
      [userId],
    );
    return row!;
  }

  /** @returns when that was */
  async write(userId: string, { preset_id, overrides }: StoredBroadcastConfig): Promise<Date> {
    const [row] = await this.tx.query<{ updated_at: Date }>(
      `UPDATE broadcast_configs SET preset_id = $2, overrides = $3, updated_at = clock_timestamp()
       WHERE user_id = $1 RETURNING updated_at`,
      [userId, preset_id, JSON.stringify(overrides)],
    );
    return row!.updated_at;
  }
}
