import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Nonces of others that were seen: table `spent_nonces`, shared by all replicas. */
@Injectable()
export class SpentNoncesRepository {
  constructor(private readonly tx: Transactions) {}

  /** @returns false when it was spent before */
  async spend(nonce: string, expiresAt: Date): Promise<boolean> {
    const rows = await this.tx.query(
      'INSERT INTO spent_nonces (nonce_hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1',
      [createHash('sha256').update(nonce).digest(), expiresAt],
    );
    return rows.length > 0;
  }
}
