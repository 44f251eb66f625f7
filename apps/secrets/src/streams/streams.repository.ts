import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import { inTurn } from '../vault/in-turn.js';

/** A destination as it is stored, without its key. */
export interface StreamRow {
  id: string;
  user_id: string;
  label: string;
  platform: string;
  rtmp_url: string | null;
  key_version: number;
  key_preview: string;
  enabled: boolean;
  created_at: Date;
  updated_at: Date;
}

export type NewStream = Pick<StreamRow, 'id' | 'user_id' | 'label' | 'platform' | 'rtmp_url' | 'key_preview'>;

const COLUMNS = 'id, user_id, label, platform, rtmp_url, key_version, key_preview, enabled, created_at, updated_at';

/** Table `streams`. Whoever asks for a record names its owner. */
@Injectable()
export class StreamsRepository {
  constructor(private readonly tx: Transactions) {}

  /** Adds a destination with its key; nothing when the owner has as many as there may be. */
  add(stream: NewStream, envelope: Buffer, most: number): Promise<StreamRow | undefined> {
    return inTurn(this.tx, 'streams', stream.user_id, () => this.insert(stream, envelope, most));
  }

  private async insert(stream: NewStream, envelope: Buffer, most: number): Promise<StreamRow | undefined> {
    const [row] = await this.tx.query<StreamRow>(
      `WITH made AS (
         INSERT INTO streams (id, user_id, label, platform, rtmp_url, key_preview)
         SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM streams WHERE user_id = $2) < $8
         RETURNING ${COLUMNS}
       ), keyed AS (
         INSERT INTO stream_keys (stream_id, version, envelope) SELECT id, 1, $7 FROM made
       ) SELECT ${COLUMNS} FROM made`,
      [stream.id, stream.user_id, stream.label, stream.platform, stream.rtmp_url, stream.key_preview, envelope, most],
    );
    return row;
  }

  listOf(userId: string): Promise<StreamRow[]> {
    return this.tx.query(`SELECT ${COLUMNS} FROM streams WHERE user_id = $1 ORDER BY id`, [userId]);
  }

  /** Those that the broadcaster may use: none of somebody whose account is closed. */
  enabledOf(userId: string, ids?: readonly string[]): Promise<StreamRow[]> {
    return this.tx.query(
      `SELECT ${COLUMNS} FROM streams
       WHERE user_id = $1 AND enabled AND ($2::uuid[] IS NULL OR id = ANY ($2))
         AND NOT EXISTS (SELECT 1 FROM account_closures c WHERE c.user_id = $1 AND c.closed) ORDER BY id`,
      [userId, ids ?? null],
    );
  }

  async find(userId: string, id: string): Promise<StreamRow | undefined> {
    const sql = `SELECT ${COLUMNS} FROM streams WHERE user_id = $1 AND id = $2`;
    return (await this.tx.query<StreamRow>(sql, [userId, id]))[0];
  }

  async update(
    userId: string,
    id: string,
    change: { label?: string; enabled?: boolean },
  ): Promise<StreamRow | undefined> {
    const [row] = await this.tx.query<StreamRow>(
      `UPDATE streams SET label = coalesce($3, label), enabled = coalesce($4, enabled), updated_at = now()
       WHERE user_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [userId, id, change.label ?? null, change.enabled ?? null],
    );
    return row;
  }

  /** The record of a key that is replaced: its next version, unless somebody else was faster. */
  async nextVersion(before: StreamRow, preview: string): Promise<StreamRow | undefined> {
    const [row] = await this.tx.query<StreamRow>(
      `UPDATE streams SET key_version = key_version + 1, key_preview = $4, updated_at = now()
       WHERE user_id = $1 AND id = $2 AND key_version = $3 RETURNING ${COLUMNS}`,
      [before.user_id, before.id, before.key_version, preview],
    );
    return row;
  }

  /** @returns whether there was one */
  async delete(userId: string, id: string): Promise<boolean> {
    const rows = await this.tx.query('DELETE FROM streams WHERE user_id = $1 AND id = $2 RETURNING id', [userId, id]);
    return rows.length > 0;
  }

  async deleteAllOf(userId: string): Promise<void> {
    await this.tx.query('DELETE FROM streams WHERE user_id = $1', [userId]);
  }
}
