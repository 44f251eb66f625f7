import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { Sections } from './sections.rules.js';

/** What a person changed of the agent, and when. */
export interface StoredAgentConfig {
  changes: Sections;
  updated_at: Date;
}

/** Agents: table `agent_configs`. */
@Injectable()
export class AgentConfigRepository {
  constructor(private readonly tx: Transactions) {}

  async find(userId: string): Promise<StoredAgentConfig | undefined> {
    const sql = 'SELECT changes, updated_at FROM agent_configs WHERE user_id = $1';
    return (await this.tx.query<StoredAgentConfig & { [column: string]: unknown }>(sql, [userId]))[0];
  }

  /** The person's changes, held until the transaction ends; there is a row from now on, so that the first two take turns. */
  async lock(userId: string): Promise<Sections> {
    await this.tx.query('INSERT INTO agent_configs (user_id) VALUES ($1) ON CONFLICT DO NOTHING', [userId]);
    const [row] = await this.tx.query<{ changes: Sections }>(
      'SELECT changes FROM agent_configs WHERE user_id = $1 FOR UPDATE',
      [userId],
    );
    return row!.changes;
  }

  /** @returns when that was */
  async write(userId: string, changes: Sections): Promise<Date> {
    const [row] = await this.tx.query<{ updated_at: Date }>(
      'UPDATE agent_configs SET changes = $2, updated_at = clock_timestamp() WHERE user_id = $1 RETURNING updated_at',
      [userId, JSON.stringify(changes)],
    );
    return row!.updated_at;
  }
}
