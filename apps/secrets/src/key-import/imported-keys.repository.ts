import type { JsonWebKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { KeySlot } from '../keys/key-profile.rules.js';
import type { StoredPublicKey, StoredSigningKey } from '../keys/signing-keys.repository.js';

const PUBLIC = 'kid, purpose, alg, state, public_jwk, not_before, not_after';

/** What an import reads and writes of the signing keys. */
@Injectable()
export class ImportedKeysRepository {
  constructor(private readonly tx: Transactions) {}

  /** Makes all other imports wait for this transaction's end. */
  async lock(): Promise<void> {
    await this.tx.query("SELECT pg_advisory_xact_lock(hashtextextended('signing_keys.import', 0))");
  }

  /** Keys of the name, and keys that are the same under another. */
  known(kid: string, { x }: JsonWebKey): Promise<StoredPublicKey[]> {
    return this.tx.query(`SELECT ${PUBLIC} FROM signing_keys WHERE kid = $1 OR public_jwk->>'x' = $2`, [kid, x]);
  }

  async read(kid: string): Promise<StoredPublicKey> {
    const [row] = await this.tx.query<StoredPublicKey>(`SELECT ${PUBLIC} FROM signing_keys WHERE kid = $1`, [kid]);
    return row!;
  }

  /** A key that only verifies: as if it had been rotated out, without a private half. */
  async addVerifying(kid: string, { purpose, alg }: KeySlot, jwk: JsonWebKey, notAfter: Date): Promise<void> {
    await this.tx.query(
      `INSERT INTO signing_keys (kid, purpose, alg, state, public_jwk, not_before, not_after, activated_at)
       VALUES ($1, $2, $3, 'retiring', $4, now(), $5, now())`,
      [kid, purpose, alg, JSON.stringify(jwk), notAfter],
    );
  }

  /** A key that verified until now is to sign. It waits for its turn, like one that was made here. */
  async forget(kid: string): Promise<void> {
    await this.tx.query(`DELETE FROM signing_keys WHERE kid = $1 AND state = 'retiring'`, [kid]);
  }

  /** Takes away the key in waiting, which has signed nothing. @returns it */
  async removeNext({ purpose, alg }: KeySlot): Promise<StoredSigningKey | undefined> {
    const [row] = await this.tx.query<StoredSigningKey>(
      `DELETE FROM signing_keys WHERE purpose = $1 AND alg = $2 AND state = 'next'
       RETURNING kid, purpose, alg, provider, private_key`,
      [purpose, alg],
    );
    return row;
  }
}
