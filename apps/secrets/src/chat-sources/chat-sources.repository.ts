import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { ChatPlatform } from '#contracts';
import { inTurn } from '../vault/in-turn.js';
import type { ChatConfig } from './chat-config.rules.js';

export interface ChatSourceRow {
  id: string;
  user_id: string;
  platform: ChatPlatform;
  label: string | null;
  version: number;
  envelope: Buffer;
  masked: ChatConfig;
  account: string | null;
  status: 'ok' | 'reconnect_needed';
  created_at: Date;
  updated_at: Date;
}

export type NewChatSource = Pick<
  ChatSourceRow,
  'id' | 'user_id' | 'platform' | 'label' | 'envelope' | 'masked' | 'account'
>;

/** A configuration as it is stored. */
export interface SealedConfig {
  envelope: Buffer;
  masked: ChatConfig;
}

const COLUMNS = 'id, user_id, platform, label, version, envelope, masked, account, status, created_at, updated_at';

/** Table `chat_sources`. Whoever asks for a record names its owner. */
@Injectable()
export class ChatSourcesRepository {
  constructor(private readonly tx: Transactions) {}

  /** Nothing when the owner has as many as there may be. */
  add(source: NewChatSource, refreshAt: Date | null, most: number): Promise<ChatSourceRow | undefined> {
    return inTurn(this.tx, 'chat_sources', source.user_id, () => this.insert(source, refreshAt, most));
  }

  private async insert(
    source: NewChatSource,
    refreshAt: Date | null,
    most: number,
  ): Promise<ChatSourceRow | undefined> {
    const { id, user_id, platform, label, envelope, masked, account } = source;
    const [row] = await this.tx.query<ChatSourceRow>(
      `INSERT INTO chat_sources (id, user_id, platform, label, envelope, masked, account, refresh_at)
       SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE (SELECT count(*) FROM chat_sources WHERE user_id = $2) < $9
       ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
      [id, user_id, platform, label, envelope, JSON.stringify(masked), account, refreshAt, most],
    );
    return row;
  }

  listOf(userId: string): Promise<ChatSourceRow[]> {
    return this.tx.query(`SELECT ${COLUMNS} FROM chat_sources WHERE user_id = $1 ORDER BY id`, [userId]);
  }

  async find(userId: string, id: string): Promise<ChatSourceRow | undefined> {
    const sql = `SELECT ${COLUMNS} FROM chat_sources WHERE user_id = $1 AND id = $2`;
    return (await this.tx.query<ChatSourceRow>(sql, [userId, id]))[0];
  }

  /** The one that is connected with that account at the platform. */
  async findConnected(userId: string, platform: string, account: string): Promise<ChatSourceRow | undefined> {
    const sql = `SELECT ${COLUMNS} FROM chat_sources WHERE user_id = $1 AND platform = $2 AND account = $3`;
    return (await this.tx.query<ChatSourceRow>(sql, [userId, platform, account]))[0];
  }

  connectedOf(userId: string): Promise<ChatSourceRow[]> {
    const sql = `SELECT ${COLUMNS} FROM chat_sources WHERE user_id = $1 AND account IS NOT NULL`;
    return this.tx.query(sql, [userId]);
  }

  /** The next version of a configuration. @returns whether it is; not when another came first */
  async replace(before: ChatSourceRow, { envelope, masked }: SealedConfig, refreshAt: Date): Promise<boolean> {
    const rows = await this.tx.query(
      `UPDATE chat_sources SET version = version + 1, envelope = $3, masked = $4, refresh_at = $5, status = 'ok',
         updated_at = now()
       WHERE id = $1 AND version = $2 RETURNING id`,
      [before.id, before.version, envelope, JSON.stringify(masked), refreshAt],
    );
    return rows.length > 0;
  }

  /** Those whose tokens end soon, kept from other replicas for a while. */
  claimDue(limit: number, leaseSeconds: number): Promise<ChatSourceRow[]> {
    return this.tx.query(
      `UPDATE chat_sources SET refresh_at = now() + make_interval(secs => $2)
       WHERE id IN (SELECT id FROM chat_sources WHERE refresh_at <= now() ORDER BY refresh_at LIMIT $1
         FOR UPDATE SKIP LOCKED)
       RETURNING ${COLUMNS}`,
      [limit, leaseSeconds],
    );
  }

  /** Its person has to connect it again. */
  async needsReconnect({ id, version }: ChatSourceRow): Promise<void> {
    await this.tx.query(
      `UPDATE chat_sources SET status = 'reconnect_needed', refresh_at = NULL, updated_at = now()
       WHERE id = $1 AND version = $2`,
      [id, version],
    );
  }

  /** @returns whether there was one */
  async delete(userId: string, id: string): Promise<boolean> {
    const rows = await this.tx.query('DELETE FROM chat_sources WHERE user_id = $1 AND id = $2 RETURNING id', [
      userId,
      id,
    ]);
    return rows.length > 0;
  }

  async deleteAllOf(userId: string): Promise<void> {
    await this.tx.query('DELETE FROM chat_sources WHERE user_id = $1', [userId]);
    await this.tx.query('DELETE FROM connector_attempts WHERE user_id = $1', [userId]);
  }
}
