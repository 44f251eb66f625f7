import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** A message that was given to a wallet to sign. */
export interface WalletChallenge {
  nonce_hash: Buffer;
  message_hash: Buffer;
  /** In lower case. */
  address: string;
  client_id: string;
  /** Whose account gets the wallet; of a link only. */
  user_id: string | null;
  expires_at: Date;
}

/** Messages to wallets: table `wallet_challenges`. */
@Injectable()
export class WalletChallengesRepository {
  constructor(private readonly tx: Transactions) {}

  async add(c: WalletChallenge): Promise<void> {
    await this.tx.query(
      `INSERT INTO wallet_challenges (nonce_hash, message_hash, address, client_id, user_id, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [c.nonce_hash, c.message_hash, c.address, c.client_id, c.user_id, c.expires_at],
    );
  }

  /** Uses a message up: of any number of answers to it, one counts. It counts for what it was given for only. */
  async consume(c: Omit<WalletChallenge, 'expires_at'>): Promise<boolean> {
    const rows = await this.tx.query(
      `UPDATE wallet_challenges SET consumed_at = now()
       WHERE nonce_hash = $1 AND message_hash = $2 AND address = $3 AND client_id = $4
         AND user_id IS NOT DISTINCT FROM $5::uuid AND consumed_at IS NULL AND expires_at > now()
       RETURNING 1`,
      [c.nonce_hash, c.message_hash, c.address, c.client_id, c.user_id],
    );
    return rows.length > 0;
  }
}
