import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { ClaimsRefused, Sealed, type KeyPurpose, type SigningAlg } from '#contracts';
import { AuditLog } from '../audit/audit-log.service.js';
import { DataKeysService } from '../kek/data-keys.service.js';
import type { DataKey } from '../kek/envelope.js';
import { OperatorSealRepository } from '../seal/operator-seal.repository.js';
import { KEY_SLOTS, slotName, slotOf, type KeySlot } from './key-profile.rules.js';
import { KEYRING, SealedKeys, type ActiveKey } from './sealed-keys.service.js';

const SEALED = 'an operator has sealed the service';
/** The data key that authenticates the audit log. */
export const AUDIT_KEY = { ownerType: 'gatehouse', ownerId: 'audit', purpose: 'mac' };

/** The signing keys, open in memory. Sealed until the key-encryption key has opened them. */
@Injectable()
export class Keyring {
  /** By the names of their slots. */
  private active = new Map<string, ActiveKey>();
  private dataKey?: DataKey;
  private reason = 'the keys have not been opened yet';
  private readonly closers: (() => void)[] = [];
  /** Counts the orders to close: keys that were being opened meanwhile stay out. */
  private closings = 0;
  /** Counts the looks at which keys sign; one that was overtaken by a later one comes too late. */
  private looks = 0;
  private seen = 0;

  constructor(
    private readonly seal: OperatorSealRepository,
    private readonly dataKeys: DataKeysService,
    private readonly audit: AuditLog,
    private readonly log: Log,
    private readonly keys: SealedKeys,
  ) {}

  /** Why nothing can be signed, or nothing when the keys are open. */
  get sealedBecause(): string | undefined {
    return this.dataKey ? undefined : this.reason;
  }

  /** @throws Refusal `sealed` unless the keys are open */
  assertOpen(): void {
    if (!this.dataKey) throw Sealed.with();
  }

  /**
   * The key that signs for a purpose now.
   * @param alg default: the purpose's usual one
   * @throws Refusal `sealed`; `claims_refused` when the purpose has no keys of that algorithm
   */
  current(purpose: KeyPurpose, alg?: SigningAlg): ActiveKey {
    const slot = slotOf(purpose, alg);
    if (!slot) throw ClaimsRefused.with(`There are no ${alg} keys for ${purpose}.`);
    const found = this.dataKey && this.active.get(slotName(slot));
    if (!found) throw Sealed.with();
    return found;
  }

  /**
   * Opens the keys; at the very first start makes them. Replicas may do this at once.
   * @returns whether they are open now; if not, `sealedBecause` tells why
   */
  async unseal(): Promise<boolean> {
    const { closings } = this;
    try {
      if (await this.seal.since()) throw new Error(SEALED);
      const [dataKey, auditKey] = [await this.dataKeys.obtain(KEYRING), await this.dataKeys.obtain(AUDIT_KEY)];
      this.audit.open(auditKey.key);
      await this.keys.addMissing('active', dataKey, KEY_SLOTS);
      const nth = ++this.looks;
      const active = await this.keys.openActive(dataKey, this.active);
      if (closings !== this.closings) throw this.tooLate(dataKey);
      this.dataKey = dataKey;
      this.take(nth, active);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // It is tried every few seconds; said once is enough.
      if (reason !== this.reason) this.log.error('the keys are sealed', { error });
      this.reason = reason;
      return false;
    }
  }

  /** Forgets all keys; an operator has sealed the service. */
  close(): void {
    this.closings++;
    this.dataKey?.key.fill(0);
    this.dataKey = undefined;
    this.active = new Map();
    this.reason = SEALED;
    this.audit.close();
    for (const closer of this.closers) closer();
    this.log.warn('the keys are sealed', { reason: SEALED });
  }

  /** Calls `closer` whenever an operator has sealed the service, however that was heard. */
  onClose(closer: () => void): void {
    this.closers.push(closer);
  }

  /** Closes what an operator has sealed elsewhere, should the message have been missed. */
  async closeIfSealed(): Promise<void> {
    const { dataKey } = this;
    if (!dataKey || !(await this.seal.since())) return;
    // What was asked before the keys were let in again is no longer so.
    if (dataKey === this.dataKey) this.close();
  }

  /** Reads again which keys sign now: another replica may have rotated them. */
  async reload(): Promise<void> {
    const { dataKey } = this;
    const nth = ++this.looks;
    const active = dataKey && (await this.keys.openActive(dataKey, this.active));
    if (active && dataKey === this.dataKey) this.take(nth, active);
  }

  private take(nth: number, active: Map<string, ActiveKey>): void {
    if (nth < this.seen) return;
    this.seen = nth;
    this.active = active;
  }

  private tooLate(dataKey: DataKey): Error {
    dataKey.key.fill(0);
    if (!this.dataKey) this.audit.close();
    return new Error(SEALED);
  }

  /** Has those destroyed by their providers that sign no more. @throws Refusal `sealed` */
  async destroyDiscarded(): Promise<void> {
    await this.keys.destroyDiscarded(this.opened);
  }

  /**
   * Seals the private half of a key that was made elsewhere, to be kept as one of this process' own.
   * @returns nothing when keys of the purpose live at a provider
   * @throws Refusal `sealed`
   */
  sealForeign(kid: string, slot: KeySlot, pkcs8: Buffer): Buffer | undefined {
    return this.keys.sealForeign(kid, slot, pkcs8, this.opened);
  }

  /** Makes the key in waiting of each slot that has none. @throws Refusal `sealed` */
  async prepareNext(slots: readonly KeySlot[] = KEY_SLOTS): Promise<void> {
    await this.keys.addMissing('next', this.opened, slots);
  }

  private get opened(): DataKey {
    this.assertOpen();
    return this.dataKey!;
  }
}
