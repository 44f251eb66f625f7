import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId } from '#persistence';
import { DataKeysRepository, type DataKeyOwner, type WrappedDataKey } from './data-keys.repository.js';
import type { DataKey } from './envelope.js';
import { KekProvider } from './kek-provider.js';

/** Data keys: made once for each owner and purpose, stored wrapped by the key-encryption key. */
@Injectable()
export class DataKeysService {
  constructor(
    private readonly kek: KekProvider,
    private readonly stored: DataKeysRepository,
  ) {}

  /**
   * The owner's key; it is made at the first call, and all replicas get the same.
   * @throws Error when it was wrapped by another key-encryption key, IntegrityError when it was changed
   */
  async obtain(owner: DataKeyOwner): Promise<DataKey> {
    const found = (await this.stored.find(owner)) ?? (await this.make(owner));
    if (found.kek_id !== this.kek.id) {
      throw new Error(`the stored keys were wrapped by ${found.kek_id}, but the key-encryption key is ${this.kek.id}`);
    }
    return { id: found.id, key: await this.kek.unwrap(found.wrapped, contextOf(found.id, owner)) };
  }

  private async make(owner: DataKeyOwner): Promise<WrappedDataKey> {
    const id = newId();
    const key = randomBytes(32);
    const wrapped = await this.kek.wrap(key, contextOf(id, owner));
    key.fill(0);
    await this.stored.addIfFirst(owner, { id, kek_id: this.kek.id, wrapped });
    return (await this.stored.find(owner))!;
  }
}

const contextOf = (id: string, { ownerType, ownerId, purpose }: DataKeyOwner): string[] => [
  'data-key',
  id,
  ownerType,
  ownerId,
  purpose,
];
