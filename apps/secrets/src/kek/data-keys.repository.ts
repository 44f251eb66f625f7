import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** A data key as it is stored. */
export interface WrappedDataKey {
  id: string;
  kek_id: string;
  wrapped: Buffer;
}

/** Whose key it is and what for; one of each pair's keys is active. */
export interface DataKeyOwner {
  ownerType: string;
  ownerId: string;
  purpose: string;
}

/** A data key that may have been replaced by a newer one; it opens still. */
export interface KnownDataKey extends WrappedDataKey {
  state: 'active' | 'retired';
}

export interface OwnedDataKey extends WrappedDataKey {
  owner_type: string;
  owner_id: string;
  purpose: string;
}

@Injectable()
export class DataKeysRepository {
  constructor(private readonly tx: Transactions) {}

  async find({ ownerType, ownerId, purpose }: DataKeyOwner): Promise<WrappedDataKey | undefined> {
    const [row] = await this.tx.query<WrappedDataKey>(
      `SELECT id, kek_id, wrapped FROM data_keys
       WHERE owner_type = $1 AND owner_id = $2 AND purpose = $3 AND state = 'active'`,
      [ownerType, ownerId, purpose],
    );
    return row;
  }

  /** The very key of that id, unless it is another's. */
  async findById(id: string, { ownerType, ownerId, purpose }: DataKeyOwner): Promise<KnownDataKey | undefined> {
    const [row] = await this.tx.query<KnownDataKey>(
      `SELECT id, kek_id, wrapped, state FROM data_keys
       WHERE id = $1 AND owner_type = $2 AND owner_id = $3 AND purpose = $4`,
      [id, ownerType, ownerId, purpose],
    );
    return row;
  }

  /** The active key, with leave to seal so many values with it; nothing when there is none or its seals are used up. */
  async reserveSeals(owner: DataKeyOwner, seals: number, limit: number): Promise<WrappedDataKey | undefined> {
    const [row] = await this.tx.query<WrappedDataKey>(
      `UPDATE data_keys SET seals = seals + $4
       WHERE owner_type = $1 AND owner_id = $2 AND purpose = $3 AND state = 'active' AND seals + $4 <= $5
       RETURNING id, kek_id, wrapped`,
      [owner.ownerType, owner.ownerId, owner.purpose, seals, limit],
    );
    return row;
  }

  /** Keeps the key unless another replica was faster. */
  async addIfFirst({ ownerType, ownerId, purpose }: DataKeyOwner, key: WrappedDataKey): Promise<void> {
    await this.tx.query(
      `INSERT INTO data_keys (id, owner_type, owner_id, purpose, kek_id, wrapped) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (owner_type, owner_id, purpose) WHERE state = 'active' DO NOTHING`,
      [key.id, ownerType, ownerId, purpose, key.kek_id, key.wrapped],
    );
  }

  /** Lets the active key seal no more when it may not seal so many values again. */
  async retireUsedUp({ ownerType, ownerId, purpose }: DataKeyOwner, seals: number, limit: number): Promise<void> {
    await this.tx.query(
      `UPDATE data_keys SET state = 'retired'
       WHERE owner_type = $1 AND owner_id = $2 AND purpose = $3 AND state = 'active' AND seals + $4 > $5`,
      [ownerType, ownerId, purpose, seals, limit],
    );
  }

  /** Makes everything that concerns the owner's keys wait for this transaction's end. */
  async lockOwner(ownerType: string, ownerId: string): Promise<void> {
    await this.tx.query("SELECT pg_advisory_xact_lock(hashtextextended('data_keys.' || $1 || '.' || $2, 0))", [
      ownerType,
      ownerId,
    ]);
  }

  async isErased(ownerType: string, ownerId: string): Promise<boolean> {
    const rows = await this.tx.query('SELECT 1 FROM erased_owners WHERE owner_type = $1 AND owner_id = $2', [
      ownerType,
      ownerId,
    ]);
    return rows.length > 0;
  }

  /** Deletes every key of the owner and keeps in mind that there are to be none. @returns how many there were */
  async erase(ownerType: string, ownerId: string): Promise<number> {
    const [row] = await this.tx.query<{ erased: number }>(
      `WITH noted AS (
         INSERT INTO erased_owners (owner_type, owner_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
       ), gone AS (
         DELETE FROM data_keys WHERE owner_type = $1 AND owner_id = $2 RETURNING 1
       ) SELECT count(*)::int AS erased FROM gone`,
      [ownerType, ownerId],
    );
    return row!.erased;
  }
}
