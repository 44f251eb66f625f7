import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId } from '#persistence';
import { DataKeysRepository, type DataKeyOwner, type WrappedDataKey } from './data-keys.repository.js';
import { IntegrityError, type DataKey } from './envelope.js';
import { Keks } from './keks.js';
import { wrapProven } from './proven-wrap.js';

/** Bytes of every data key. */
const KEY_BYTES = 32;

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
  async fresh(owner: DataKeyOwner, key: Buffer = randomBytes(KEY_BYTES)): Promise<WrappedDataKey> {
    try {
      return await this.wrap(newId(), owner, key);
    } finally {
      key.fill(0);
    }
  }

  /** A key under the present key-encryption key. @throws Refusal `unavailable`; IntegrityError when it is no data key */
  async wrap(id: string, owner: DataKeyOwner, key: Buffer): Promise<WrappedDataKey> {
    if (key.length !== KEY_BYTES) throw new IntegrityError();
    const { current } = this.keks;
    return { id, kek_id: current.id, wrapped: await wrapProven(current, key, contextOf(id, owner)) };
  }

  /** @throws Error, IntegrityError; Refusal `unavailable` when the provider cannot be reached */
  async unwrap({ id, kek_id, wrapped }: WrappedDataKey, owner: DataKeyOwner): Promise<Buffer> {
    const key = await this.keks.find(kek_id).unwrap(wrapped, contextOf(id, owner));
    // A shorter one would be a MAC key like any other.
    if (key.length !== KEY_BYTES) throw new IntegrityError();
    return key;
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
