import { Injectable } from '@nestjs/common';
import type { LicenseRecord } from '#contracts';
import { Transactions } from '#persistence';
import { Clock } from '../clock/clock.service.js';

const HOURS_KEPT = 24;

/** What is known about a caller's idempotency key. */
export interface Slot {
  caller: string;
  key: string;
  body_hash: string;
  issuance_id: string | null;
  answer: LicenseRecord | null;
}

@Injectable()
export class IdempotencyRepository {
  constructor(
    private readonly tx: Transactions,
    private readonly clock: Clock,
  ) {}

  /**
   * The slot of a key, made when it is new or its 24 hours are over, and locked until the transaction ends, so that
   * parallel requests with one key reserve one after the other.
   */
  async open(caller: string, key: string, bodyHash: string): Promise<Slot> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + HOURS_KEPT * 3_600_000);
    await this.tx.query(
      `INSERT INTO idempotency_keys (caller, key, body_hash, expires_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (caller, key) DO UPDATE
         SET body_hash = excluded.body_hash, expires_at = excluded.expires_at, issuance_id = NULL, answer = NULL
         WHERE idempotency_keys.expires_at <= $5`,
      [caller, key, bodyHash, until, now],
    );
    const [slot] = await this.tx.query<Slot>(
      `SELECT caller, key, body_hash, issuance_id, answer FROM idempotency_keys WHERE caller = $1 AND key = $2 FOR UPDATE`,
      [caller, key],
    );
    return slot!;
  }

  async bind(slot: Slot, issuanceId: string): Promise<void> {
    const sql = 'UPDATE idempotency_keys SET issuance_id = $3 WHERE caller = $1 AND key = $2';
    await this.tx.query(sql, [slot.caller, slot.key, issuanceId]);
  }

  /** Keeps the first answer. @returns the answer that stands */
  async answer(slot: Slot, answer: LicenseRecord): Promise<LicenseRecord> {
    const [row] = await this.tx.query<{ answer: LicenseRecord }>(
      `UPDATE idempotency_keys SET answer = COALESCE(answer, $3::jsonb) WHERE caller = $1 AND key = $2 RETURNING answer`,
      [slot.caller, slot.key, JSON.stringify(answer)],
    );
    return row?.answer ?? answer;
  }

  async forgetExpired(): Promise<void> {
    await this.tx.query('DELETE FROM idempotency_keys WHERE expires_at <= $1', [this.clock.now()]);
  }
}
