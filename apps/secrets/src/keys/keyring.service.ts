import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { ClaimsRefused, Sealed, type KeyPurpose, type SigningAlg } from '#contracts';
import { AuditLog } from '../audit/audit-log.service.js';
import { DataKeysService } from '../kek/data-keys.service.js';
import { open, seal, type DataKey, type RecordContext } from '../kek/envelope.js';
import type { Signer } from '../kek/key-provider.js';
import { named, specOf } from './key-pair.js';
import { KEY_SLOTS, slotName, slotOf, type KeySlot } from './key-profile.rules.js';
import { provenSigner } from './proven-signer.js';
import { LOCAL, SigningProviders } from './signing-providers.js';
import { SigningKeysRepository, type ActiveSigningKey, type StoredSigningKey } from './signing-keys.repository.js';

/** A private key that signs now. It can be used, and not be exported by anything in this service. */
export interface ActiveKey {
  kid: string;
  alg: SigningAlg;
  sign: Signer;
}

/** Between tries to have a key destroyed; longer each time, for about a quarter of an hour. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 600_000;

const SEALED = 'an operator has sealed the service';
const KEYRING = { ownerType: 'gatehouse', ownerId: 'keyring', purpose: 'signing' };
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
    private readonly stored: SigningKeysRepository,
    private readonly dataKeys: DataKeysService,
    private readonly audit: AuditLog,
    private readonly log: Log,
    private readonly providers: SigningProviders,
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
      if (await this.stored.isSealed()) throw new Error(SEALED);
      const [dataKey, auditKey] = [await this.dataKeys.obtain(KEYRING), await this.dataKeys.obtain(AUDIT_KEY)];
      this.audit.open(auditKey.key);
      await this.addMissing('active', dataKey);
      const nth = ++this.looks;
      const active = await this.load(dataKey);
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
    if (!dataKey || !(await this.stored.isSealed())) return;
    // What was asked before the keys were let in again is no longer so.
    if (dataKey === this.dataKey) this.close();
  }

  /** Reads again which keys sign now: another replica may have rotated them. */
  async reload(): Promise<void> {
    const { dataKey } = this;
    const nth = ++this.looks;
    const active = dataKey && (await this.load(dataKey));
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

  /** Lets a key that signs no more be gone from its provider too, after so many milliseconds. */
  discard(row: StoredSigningKey, afterMs: number): void {
    if (row.provider !== LOCAL) this.destroyAfter(row, afterMs, FIRST_PAUSE_MS);
  }

  /** Nobody else knows where the key is by then, so that a provider that is away is asked again. */
  private destroyAfter(row: StoredSigningKey, afterMs: number, pauseMs: number): void {
    const { kid, provider } = row;
    setTimeout(() => {
      this.destroy(row).catch((error: unknown) => {
        const again = pauseMs <= LONGEST_PAUSE_MS;
        this.log.error('a key is still at its provider', { kid, provider, error, again });
        if (again) this.destroyAfter(row, pauseMs, 2 * pauseMs);
      });
    }, afterMs).unref();
  }

  private async destroy({ kid, purpose, provider, private_key }: StoredSigningKey): Promise<void> {
    this.assertOpen();
    await this.providers.find(provider).destroy(open(this.dataKey!, contextOf(kid, purpose), private_key));
  }

  /**
   * Seals the private half of a key that was made elsewhere, to be kept as one of this process' own.
   * @returns nothing when keys of the purpose live at a provider
   * @throws Refusal `sealed`
   */
  sealForeign(kid: string, { purpose }: KeySlot, pkcs8: Buffer): Buffer | undefined {
    this.assertOpen();
    return this.providers.nameFor(purpose) === LOCAL ? seal(this.dataKey!, contextOf(kid, purpose), pkcs8) : undefined;
  }

  /** Makes the key in waiting of each slot that has none. @throws Refusal `sealed` */
  async prepareNext(slots: readonly KeySlot[] = KEY_SLOTS): Promise<void> {
    this.assertOpen();
    await this.addMissing('next', this.dataKey!, slots);
  }

  /**
   * Makes keys one or two at a time: each keeps a thread of the pool for up to some seconds, and signatures and the
   * sign-in of new database connections wait for the same threads.
   */
  private async addMissing(
    state: 'next' | 'active',
    dataKey: DataKey,
    slots: readonly KeySlot[] = KEY_SLOTS,
  ): Promise<void> {
    const there = new Set((await this.stored.slotsWith(state)).map(slotName));
    const missing = slots.filter((slot) => !there.has(slotName(slot)));
    const problems: unknown[] = [];
    const lane = async (): Promise<void> => {
      for (let slot = missing.shift(); slot; slot = missing.shift()) {
        // A provider that is away keeps only its own keys from being made.
        await this.add(slot, state, dataKey).catch((problem: unknown) => problems.push(problem));
      }
    };
    await Promise.all(Array.from({ length: state === 'active' ? 2 : 1 }, lane));
    if (problems.length) throw problems[0];
  }

  private async add(slot: KeySlot, state: 'next' | 'active', dataKey: DataKey): Promise<void> {
    const provider = this.providers.nameFor(slot.purpose);
    const made = await this.providers.find(provider).generate(specOf(slot));
    const { kid, publicJwk } = named(made, slot);
    const private_key = seal(dataKey, contextOf(kid, slot.purpose), made.handle);
    await this.audit.append({ action: 'key.create', caller: 'secrets', kid, subject: slot.purpose });
    const kept = await this.stored.addIfFirst({ kid, ...slot, state, provider, public_jwk: publicJwk, private_key });
    if (kept) this.log.info('a signing key was made', { kid, ...slot, state, provider });
    else this.discard({ kid, ...slot, provider, private_key }, 0);
    made.handle.fill(0);
  }

  private async load(dataKey: DataKey): Promise<Map<string, ActiveKey>> {
    const found = new Map<string, ActiveKey>();
    for (const row of await this.stored.findActive()) {
      const held = this.active.get(slotName(row));
      found.set(slotName(row), held?.kid === row.kid ? held : await this.unwrap(row, dataKey));
    }
    return found;
  }

  private async unwrap(row: ActiveSigningKey, dataKey: DataKey): Promise<ActiveKey> {
    const { kid, purpose, alg, provider, private_key, public_jwk } = row;
    const handle = open(dataKey, contextOf(kid, purpose), private_key);
    try {
      await this.audit.append({ action: 'key.open', caller: 'secrets', kid, subject: purpose });
      const sign = await this.providers.find(provider).open(specOf(row), handle);
      this.log.info('a signing key is in use', { kid, purpose, provider });
      return { kid, alg, sign: provider === LOCAL ? sign : provenSigner(provider, sign, alg, public_jwk) };
    } finally {
      handle.fill(0);
    }
  }
}

/** The purpose is in it, so that a row which is moved to another purpose does not open. */
const contextOf = (kid: string, purpose: KeyPurpose): RecordContext => ({
  ownerType: KEYRING.ownerType,
  ownerId: KEYRING.ownerId,
  recordType: `signing_key.${purpose}`,
  recordId: kid,
  field: 'private_key',
  version: 1,
});
