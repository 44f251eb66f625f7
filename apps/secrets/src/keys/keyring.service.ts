import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { KEY_PURPOSES, Sealed, type KeyPurpose } from '#contracts';
import { AuditLog } from '../audit/audit-log.service.js';
import { DataKeysService } from '../kek/data-keys.service.js';
import { open, seal, type DataKey, type RecordContext } from '../kek/envelope.js';
import { newKeyPair } from './key-pair.js';
import { SigningKeysRepository, type StoredSigningKey } from './signing-keys.repository.js';

/** A private key that signs now. It can be used, and not be exported by anything in this service. */
export interface ActiveKey {
  kid: string;
  key: KeyObject;
}

const KEYRING = { ownerType: 'gatehouse', ownerId: 'keyring', purpose: 'signing' };
const AUDIT = { ownerType: 'gatehouse', ownerId: 'audit', purpose: 'mac' };

/** The signing keys, open in memory. Sealed until the key-encryption key has opened them. */
@Injectable()
export class Keyring {
  private active = new Map<KeyPurpose, ActiveKey>();
  private dataKey?: DataKey;
  private reason = 'the keys have not been opened yet';

  constructor(
    private readonly stored: SigningKeysRepository,
    private readonly dataKeys: DataKeysService,
    private readonly audit: AuditLog,
    private readonly log: Log,
  ) {}

  /** Why nothing can be signed, or nothing when the keys are open. */
  get sealedBecause(): string | undefined {
    return this.dataKey ? undefined : this.reason;
  }

  /** @throws Refusal `sealed` unless the keys are open */
  assertOpen(): void {
    if (!this.dataKey) throw Sealed.with();
  }

  /** The key that signs for a purpose now. @throws Refusal `sealed` */
  current(purpose: KeyPurpose): ActiveKey {
    const found = this.dataKey && this.active.get(purpose);
    if (!found) throw Sealed.with();
    return found;
  }

  /**
   * Opens the keys; at the very first start makes them. Replicas may do this at once.
   * @returns whether they are open now; if not, `sealedBecause` tells why
   */
  async unseal(): Promise<boolean> {
    try {
      const [dataKey, auditKey] = [await this.dataKeys.obtain(KEYRING), await this.dataKeys.obtain(AUDIT)];
      this.audit.open(auditKey.key);
      await this.addMissing('active', dataKey);
      this.active = await this.load(dataKey);
      this.dataKey = dataKey;
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // It is tried every few seconds; said once is enough.
      if (reason !== this.reason) this.log.error('the keys are sealed', { error });
      this.reason = reason;
      return false;
    }
  }

  /** Reads again which keys sign now: another replica may have rotated them. */
  async reload(): Promise<void> {
    if (this.dataKey) this.active = await this.load(this.dataKey);
  }

  /** Makes the key in waiting of each purpose that has none. @throws Refusal `sealed` */
  async prepareNext(purposes: readonly KeyPurpose[] = KEY_PURPOSES): Promise<void> {
    this.assertOpen();
    await this.addMissing('next', this.dataKey!, purposes);
  }

  private async addMissing(
    state: 'next' | 'active',
    dataKey: DataKey,
    purposes: readonly KeyPurpose[] = KEY_PURPOSES,
  ): Promise<void> {
    const there = await this.stored.purposesWith(state);
    const missing = purposes.filter((p) => !there.has(p));
    await Promise.all(missing.map((p) => this.add(p, state, dataKey)));
  }

  private async add(purpose: KeyPurpose, state: 'next' | 'active', dataKey: DataKey): Promise<void> {
    const { kid, alg, publicJwk, pkcs8 } = await newKeyPair(purpose);
    const private_key = seal(dataKey, contextOf(kid, purpose), pkcs8);
    pkcs8.fill(0);
    await this.audit.append({ action: 'key.create', caller: 'secrets', kid, subject: purpose });
    const kept = await this.stored.addIfFirst({ kid, purpose, alg, state, public_jwk: publicJwk, private_key });
    if (kept) this.log.info('a signing key was made', { kid, purpose, state });
  }

  private async load(dataKey: DataKey): Promise<Map<KeyPurpose, ActiveKey>> {
    const found = new Map<KeyPurpose, ActiveKey>();
    for (const row of await this.stored.findActive()) {
      const held = this.active.get(row.purpose);
      found.set(row.purpose, held?.kid === row.kid ? held : await this.unwrap(row, dataKey));
    }
    return found;
  }

  private async unwrap({ kid, purpose, private_key }: StoredSigningKey, dataKey: DataKey): Promise<ActiveKey> {
    const pkcs8 = open(dataKey, contextOf(kid, purpose), private_key);
    try {
      await this.audit.append({ action: 'key.open', caller: 'secrets', kid, subject: purpose });
      this.log.info('a signing key is in use', { kid, purpose });
      return { kid, key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }) };
    } finally {
      pkcs8.fill(0);
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
