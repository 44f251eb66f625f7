import { Injectable } from '@nestjs/common';
import { Gone } from '#contracts';
import { Transactions } from '#persistence';
import {
  DataKeysRepository,
  type DataKeyOwner,
  type KnownDataKey,
  type WrappedDataKey,
} from '../kek/data-keys.repository.js';
import { DataKeysService } from '../kek/data-keys.service.js';
import { IntegrityError, type DataKey } from '../kek/envelope.js';
import { Keyring } from '../keys/keyring.service.js';
import { SecretsConfig } from '../secrets.config.js';
import { KeyCache } from './key-cache.js';

/** Seals that a replica sets aside at once, so that not every seal is a write to the key's row. */
const BLOCK = 64;
const ENTRIES = 1_000;

/** A key that this replica may seal with for a while. */
interface Sealing {
  stored: WrappedDataKey;
  left: number;
  until: number;
}

const nameOf = ({ ownerType, ownerId }: DataKeyOwner): string => `${ownerType}/${ownerId}`;

/** Data keys of people, cached: the one that seals now, and those that open what was sealed before. */
@Injectable()
export class OwnerKeys {
  private readonly cache: KeyCache;
  private readonly sealing = new Map<string, Sealing>();
  /** Counts what was forgotten: a key that was being taken meanwhile is used once and not kept. */
  private drops = 0;
  private readonly ttlMs: number;
  private readonly limit: number;

  constructor(
    config: SecretsConfig,
    private readonly stored: DataKeysRepository,
    private readonly dataKeys: DataKeysService,
    private readonly tx: Transactions,
    keyring: Keyring,
  ) {
    keyring.onClose(() => this.clear());
    this.ttlMs = config.dataKeyCacheSeconds * 1_000;
    this.limit = config.dataKeyMaxSeals;
    this.cache = new KeyCache({ ttlMs: this.ttlMs, entries: ENTRIES });
  }

  /** Seals one value with the owner's active key, which is made at the first. @throws Refusal `gone`, `unavailable` */
  async seal<T>(owner: DataKeyOwner, work: (key: DataKey) => T): Promise<T> {
    const stored = await this.take(owner);
    return this.use(stored, owner, work);
  }

  /**
   * Opens one value with the very key that it names.
   * @throws Refusal `gone` when the owner was erased; IntegrityError when there is no such key of this owner
   */
  async open<T>(id: string, owner: DataKeyOwner, work: (key: DataKey, retired: boolean) => T): Promise<T> {
    const unwrap = async () => {
      const found = await this.find(id, owner);
      return { key: await this.dataKeys.unwrap(found, owner), retired: found.state === 'retired' };
    };
    return this.cache.use(id, nameOf(owner), unwrap, ({ key, retired }) => work({ id, key }, retired));
  }

  /** Forgets at once what it holds of an owner. */
  drop(ownerType: string, ownerId: string): void {
    this.drops++;
    for (const name of this.sealing.keys()) if (name.startsWith(`${ownerType}/${ownerId}/`)) this.sealing.delete(name);
    this.cache.dropOwner(`${ownerType}/${ownerId}`);
  }

  /** Forgets everything: data keys were replaced, or events may have been missed. */
  clear(): void {
    this.drops++;
    this.sealing.clear();
    this.cache.clear();
  }

  private use<T>(stored: WrappedDataKey, owner: DataKeyOwner, work: (key: DataKey) => T): Promise<T> {
    const unwrap = async () => ({ key: await this.dataKeys.unwrap(stored, owner), retired: false });
    return this.cache.use(stored.id, nameOf(owner), unwrap, ({ key }) => work({ id: stored.id, key }));
  }

  private async find(id: string, owner: DataKeyOwner): Promise<KnownDataKey> {
    const found = await this.stored.findById(id, owner);
    if (found) return found;
    if (await this.stored.isErased(owner.ownerType, owner.ownerId)) throw Gone.with('Its owner was erased.');
    throw new IntegrityError();
  }

  private async take(owner: DataKeyOwner): Promise<WrappedDataKey> {
    const name = `${nameOf(owner)}/${owner.purpose}`;
    const held = this.sealing.get(name);
    if (held && held.left > 0 && held.until > Date.now()) {
      held.left--;
      return held.stored;
    }
    if (this.sealing.size >= ENTRIES) this.sealing.clear();
    const seals = Math.min(BLOCK, this.limit);
    // What is in memory must not be taken back by somebody's transaction.
    const { drops } = this;
    const stored = await this.tx.outside(() => this.reserve(owner, seals));
    const until = Date.now() + this.ttlMs;
    if (drops === this.drops) this.sealing.set(name, { stored, left: seals - 1, until });
    return stored;
  }

  private async reserve(owner: DataKeyOwner, seals: number): Promise<WrappedDataKey> {
    const active = await this.stored.reserveSeals(owner, seals, this.limit);
    if (active) return active;
    // Wrapping may be a call to another machine; the lock is taken after it.
    const fresh = await this.dataKeys.fresh(owner);
    return this.tx.run(async () => {
      await this.stored.lockOwner(owner.ownerType, owner.ownerId);
      if (await this.stored.isErased(owner.ownerType, owner.ownerId)) throw Gone.with('Its owner was erased.');
      await this.stored.retireUsedUp(owner, seals, this.limit);
      await this.stored.addIfFirst(owner, fresh);
      return (await this.stored.reserveSeals(owner, seals, this.limit))!;
    });
  }
}
