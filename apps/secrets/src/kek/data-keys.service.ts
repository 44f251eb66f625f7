import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId } from '#persistence';
import { DataKeysRepository, type DataKeyOwner, type WrappedDataKey } from './data-keys.repository.js';
import type { DataKey } from './envelope.js';
import { Keks } from './keks.js';

/** Data keys: made for each owner and purpose, stored wrapped by the key-encryption key. */
@Injectable()
export class DataKeysService {
  constructor(
    private readonly keks: Keks,
    private readonly stored: DataKeysRepository,
  ) {}

  /**
   * The owner's key; it is made at the first call, and all replicas get the same.
   * @param first what it is to be when it is made; default: random
   * @throws Error when it was wrapped by an unknown key-encryption key, IntegrityError when it was changed
   */
  async obtain(owner: DataKeyOwner, first?: () => Promise<Buffer>): Promise<DataKey> {
    const found = (await this.stored.find(owner)) ?? (await this.make(owner, first));
    return { id: found.id, key: await this.unwrap(found, owner) };
  }

  /** A fresh key, wrapped and not yet stored. */
  async fresh(owner: DataKeyOwner, key: Buffer = randomBytes(32)): Promise<WrappedDataKey> {
    const id = newId();
    const { current } = this.keks;
    const wrapped = await current.wrap(key, contextOf(id, owner));
    key.fill(0);
    return { id, kek_id: current.id, wrapped };
  }

  /** @throws Error, IntegrityError; Refusal `unavailable` when the provider cannot be reached */
  unwrap({ id, kek_id, wrapped }: WrappedDataKey, owner: DataKeyOwner): Promise<Buffer> {
    return this.keks.find(kek_id).unwrap(wrapped, contextOf(id, owner));
  }

  private async make(owner: DataKeyOwner, first?: () => Promise<Buffer>): Promise<WrappedDataKey> {
    await this.stored.addIfFirst(owner, await this.fresh(owner, await first?.()));
    return (await this.stored.find(owner))!;
  }
}

/** What a data key is wrapped for; in another row it does not open. */
export const contextOf = (id: string, { ownerType, ownerId, purpose }: DataKeyOwner): string[] => [
  'data-key',
  id,
  ownerType,
  ownerId,
  purpose,
];
