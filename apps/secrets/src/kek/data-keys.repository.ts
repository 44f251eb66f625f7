import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** A data key as it is stored. */
export interface WrappedDataKey {
  id: string;
  kek_id: string;
  wrapped: Buffer;
}

/** Whose key it is and what for; there is one for each pair. */
export interface DataKeyOwner {
  ownerType: string;
  ownerId: string;
  purpose: string;
}

@Injectable()
export class DataKeysRepository {
  constructor(private readonly tx: Transactions) {}

  async find({ ownerType, ownerId, purpose }: DataKeyOwner): Promise<WrappedDataKey | undefined> {
    const [row] = await this.tx.query<WrappedDataKey>(
      'SELECT id, kek_id, wrapped FROM data_keys WHERE owner_type = $1 AND owner_id = $2 AND purpose = $3',
      [ownerType, ownerId, purpose],
    );
    return row;
  }

  /** Keeps the key unless another replica was faster. */
  async addIfFirst({ ownerType, ownerId, purpose }: DataKeyOwner, key: WrappedDataKey): Promise<void> {
    await this.tx.query(
      `INSERT INTO data_keys (id, owner_type, owner_id, purpose, kek_id, wrapped) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (owner_type, owner_id, purpose) DO NOTHING`,
      [key.id, ownerType, ownerId, purpose, key.kek_id, key.wrapped],
    );
  }
}
