import type { JsonWebKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { KeyPurpose, KeyState, SigningAlg } from '#contracts';
import { Transactions } from '#persistence';
import type { KeySlot } from './key-profile.rules.js';
import { LOCAL } from './signing-providers.js';

/** A key that may sign: its private half is sealed. */
export interface StoredSigningKey extends KeySlot {
  kid: string;
  /** Who holds the private half: this process, or the provider that the sealed handle leads to. */
  provider: string;
  private_key: Buffer;
}

/** A key that signs now, with what its signatures are verified by. */
export interface ActiveSigningKey extends StoredSigningKey {
  public_jwk: JsonWebKey;
}

export interface NewSigningKey extends ActiveSigningKey {
  state: 'next' | 'active';
}

/** A key that signs no more and is still at its provider; nobody else knows by then where it is. */
export interface DiscardedKey extends StoredSigningKey {
  tries: number;
}

export interface StoredPublicKey {
  kid: string;
  purpose: KeyPurpose;
  alg: SigningAlg;
  state: KeyState;
  public_jwk: Record<string, unknown>;
  not_before: Date;
  not_after: Date | null;
}

@Injectable()
export class SigningKeysRepository {
  constructor(private readonly tx: Transactions) {}

  /** The keys that sign now, one for each slot. */
  findActive(): Promise<ActiveSigningKey[]> {
    return this.tx.query(
      "SELECT kid, purpose, alg, provider, private_key, public_jwk FROM signing_keys WHERE state = 'active'",
    );
  }

  /** The slots that have a key in `state`. */
  slotsWith(state: 'next' | 'active'): Promise<KeySlot[]> {
    return this.tx.query<KeySlot>('SELECT purpose, alg FROM signing_keys WHERE state = $1', [state]);
  }

  /** Keeps the key unless its slot has one in that state already. @returns whether it was kept */
  async addIfFirst(key: NewSigningKey): Promise<boolean> {
    const rows = await this.tx.query(
      `INSERT INTO signing_keys (kid, purpose, alg, state, public_jwk, private_key, provider, activated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $4 = 'active' THEN now() END) ON CONFLICT DO NOTHING RETURNING kid`,
      [key.kid, key.purpose, key.alg, key.state, JSON.stringify(key.public_jwk), key.private_key, key.provider],
    );
    return rows.length === 1;
  }

  /** Makes all rotations of the slot wait for this transaction's end. */
  async lock({ purpose, alg }: KeySlot): Promise<void> {
    await this.tx.query("SELECT pg_advisory_xact_lock(hashtextextended('signing_keys.' || $1 || '.' || $2, 0))", [
      purpose,
      alg,
    ]);
  }

  /** Takes the active key out of use; its private half is gone for good. @returns the key as it was */
  async retireActive(
    slot: KeySlot,
    state: 'retiring' | 'compromised',
    overlapSeconds: number,
  ): Promise<StoredSigningKey | undefined> {
    const [row] = await this.tx.query<StoredSigningKey>(
      `UPDATE signing_keys SET state = $2, private_key = NULL, not_after = now() + make_interval(secs => $3)
       WHERE purpose = $1 AND alg = $4 AND state = 'active'
       RETURNING old.kid, old.purpose, old.alg, old.provider, old.private_key`,
      [slot.purpose, state, overlapSeconds, slot.alg],
    );
    return row;
  }

  /** Lets the next key sign. */
  async activateNext({ purpose, alg }: KeySlot): Promise<StoredPublicKey | undefined> {
    const [row] = await this.tx.query<StoredPublicKey>(
      `UPDATE signing_keys SET state = 'active', activated_at = now()
       WHERE purpose = $1 AND alg = $2 AND state = 'next'
       RETURNING kid, purpose, alg, state, public_jwk, not_before, not_after`,
      [purpose, alg],
    );
    return row;
  }

  /** The active key of the slot when it has been in use for longer than that many days. */
  async findOverdue({ purpose, alg }: KeySlot, days: number): Promise<string | undefined> {
    const [row] = await this.tx.query<{ kid: string }>(
      `SELECT kid FROM signing_keys
       WHERE purpose = $1 AND alg = $3 AND state = 'active' AND activated_at < now() - make_interval(days => $2)`,
      [purpose, days, alg],
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
   * Notes that a key is to be gone from its provider too, within the transaction that takes it out of use. What this
   * process held itself is gone with its row.
   * @param afterSeconds how long replicas may still sign with it that have not heard yet
   */
  async discard({ kid, purpose, alg, provider, private_key }: StoredSigningKey, afterSeconds: number): Promise<void> {
    if (provider === LOCAL) return;
    await this.tx.query(
      `INSERT INTO keys_to_destroy (kid, purpose, alg, provider, private_key, due_at)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6)) ON CONFLICT (kid) DO NOTHING`,
      [kid, purpose, alg, provider, private_key, afterSeconds],
    );
  }

  /** Those whose time has come, kept from other replicas for a while that grows with each try. */
  claimDiscarded(limit: number): Promise<DiscardedKey[]> {
    return this.tx.query(
      `UPDATE keys_to_destroy
       SET tries = tries + 1, due_at = now() + make_interval(secs => least(3600, 60 * 2 ^ least(tries, 12)))
       WHERE kid IN (SELECT kid FROM keys_to_destroy WHERE due_at <= now() ORDER BY due_at LIMIT $1
         FOR UPDATE SKIP LOCKED)
       RETURNING kid, purpose, alg, provider, private_key, tries`,
      [limit],
    );
  }

  /** The provider has destroyed it. @returns whether that was not known */
  async forgetDiscarded(kid: string): Promise<boolean> {
    return (await this.tx.query('DELETE FROM keys_to_destroy WHERE kid = $1 RETURNING kid', [kid])).length > 0;
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
