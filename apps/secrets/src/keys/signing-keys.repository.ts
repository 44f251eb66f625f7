import type { JsonWebKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { KeyPurpose, KeyState } from '#contracts';
import { Transactions } from '#persistence';

/** A key that may sign: its private half is sealed. */
export interface StoredSigningKey {
  kid: string;
  purpose: KeyPurpose;
  private_key: Buffer;
}

export interface NewSigningKey extends StoredSigningKey {
  alg: string;
  state: 'next' | 'active';
  public_jwk: JsonWebKey;
}

export interface StoredPublicKey {
  kid: string;
  purpose: KeyPurpose;
  alg: string;
  state: KeyState;
  public_jwk: Record<string, unknown>;
  not_before: Date;
  not_after: Date | null;
}

@Injectable()
export class SigningKeysRepository {
  constructor(private readonly tx: Transactions) {}

  /** The keys that sign now, one for each purpose. */
  findActive(): Promise<StoredSigningKey[]> {
    return this.tx.query("SELECT kid, purpose, private_key FROM signing_keys WHERE state = 'active'");
  }

  /** Whether each purpose has a key in `state`. */
  async purposesWith(state: 'next' | 'active'): Promise<Set<KeyPurpose>> {
    const rows = await this.tx.query<{ purpose: KeyPurpose }>('SELECT purpose FROM signing_keys WHERE state = $1', [
      state,
    ]);
    return new Set(rows.map((r) => r.purpose));
  }

  /** Keeps the key unless its purpose has one in that state already. @returns whether it was kept */
  async addIfFirst(key: NewSigningKey): Promise<boolean> {
    const rows = await this.tx.query(
      `INSERT INTO signing_keys (kid, purpose, alg, state, public_jwk, private_key, activated_at)
       VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $4 = 'active' THEN now() END) ON CONFLICT DO NOTHING RETURNING kid`,
      [key.kid, key.purpose, key.alg, key.state, JSON.stringify(key.public_jwk), key.private_key],
    );
    return rows.length === 1;
  }

  /** Makes all rotations of the purpose wait for this transaction's end. */
  async lock(purpose: KeyPurpose): Promise<void> {
    await this.tx.query("SELECT pg_advisory_xact_lock(hashtextextended('signing_keys.' || $1, 0))", [purpose]);
  }

  /** Takes the active key out of use; its private half is gone for good. */
  async retireActive(purpose: KeyPurpose, state: 'retiring' | 'compromised', overlapSeconds: number): Promise<void> {
    await this.tx.query(
      `UPDATE signing_keys SET state = $2, private_key = NULL, not_after = now() + make_interval(secs => $3)
       WHERE purpose = $1 AND state = 'active'`,
      [purpose, state, overlapSeconds],
    );
  }

  /** Lets the next key sign. */
  async activateNext(purpose: KeyPurpose): Promise<StoredPublicKey | undefined> {
    const [row] = await this.tx.query<StoredPublicKey>(
      `UPDATE signing_keys SET state = 'active', activated_at = now() WHERE purpose = $1 AND state = 'next'
       RETURNING kid, purpose, alg, state, public_jwk, not_before, not_after`,
      [purpose],
    );
    return row;
  }

  /** The active key of the purpose when it has been in use for longer than that many days. */
  async findOverdue(purpose: KeyPurpose, days: number): Promise<string | undefined> {
    const [row] = await this.tx.query<{ kid: string }>(
      `SELECT kid FROM signing_keys
       WHERE purpose = $1 AND state = 'active' AND activated_at < now() - make_interval(days => $2)`,
      [purpose, days],
    );
    return row?.kid;
  }

  /** Retires what has come to its end. @returns whether there was any */
  async retireEnded(): Promise<boolean> {
    const rows = await this.tx.query(
      "UPDATE signing_keys SET state = 'retired' WHERE state = 'retiring' AND not_after <= now() RETURNING kid",
    );
    return rows.length > 0;
  }

  /**
   * Every key by which something may still be verified, oldest first. Of license blobs, which are read offline, also
   * those that verify no more: a reader is to know that a key is withdrawn, not merely unknown.
   */
  findPublic(): Promise<StoredPublicKey[]> {
    return this.tx.query(
      `SELECT kid, purpose, alg, public_jwk, not_before, not_after,
              CASE WHEN state = 'retiring' AND not_after <= now() THEN 'retired' ELSE state END AS state
       FROM signing_keys
       WHERE state IN ('next', 'active') OR (state = 'retiring' AND not_after > now()) OR purpose = 'license_blob'
       ORDER BY created_at, kid`,
    );
  }
}
