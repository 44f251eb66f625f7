import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import type { KeyPurpose, SigningAlg } from '#contracts';
import { Transactions } from '#persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { open, seal, type DataKey, type RecordContext } from '../kek/envelope.js';
import type { Signer } from '../kek/key-provider.js';
import { named, specOf } from './key-pair.js';
import { slotName, type KeySlot } from './key-profile.rules.js';
import { OneByOne } from './one-by-one.js';
import { provenSigner } from './proven-signer.js';
import { LOCAL, SigningProviders } from './signing-providers.js';
import {
  SigningKeysRepository,
  type ActiveSigningKey,
  type DiscardedKey,
  type StoredSigningKey,
} from './signing-keys.repository.js';

/** A private key that signs now. It can be used, and not be exported by anything in this service. */
export interface ActiveKey {
  kid: string;
  alg: SigningAlg;
  sign: Signer;
}

export const KEYRING = { ownerType: 'gatehouse', ownerId: 'keyring', purpose: 'signing' };
/** Keys that one turn has destroyed; providers are not to be flooded. */
const AT_ONCE = 5;

/** The signing keys as they are kept: each sealed under the keyring's data key, wherever its private half is. */
@Injectable()
export class SealedKeys {
  private readonly turns = new OneByOne();

  constructor(
    private readonly stored: SigningKeysRepository,
    private readonly providers: SigningProviders,
    private readonly audit: AuditLog,
    private readonly log: Log,
    private readonly tx: Transactions,
  ) {}

  /**
   * Makes the key of each slot that has none in `state`, one or two at a time: each keeps a thread of the pool for up to
   * some seconds, and signatures and the sign-in of new database connections wait for the same threads.
   */
  async addMissing(state: 'next' | 'active', dataKey: DataKey, slots: readonly KeySlot[]): Promise<void> {
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

  /**
   * Opens the keys that sign now.
   * @param held those that are open already, by the names of their slots
   */
  async openActive(dataKey: DataKey, held: ReadonlyMap<string, ActiveKey>): Promise<Map<string, ActiveKey>> {
    const found = new Map<string, ActiveKey>();
    for (const row of await this.stored.findActive()) {
      const known = held.get(slotName(row));
      found.set(slotName(row), known?.kid === row.kid ? known : await this.openOne(row, dataKey));
    }
    return found;
  }

  /**
   * Seals the private half of a key that was made elsewhere, to be kept as one of this process' own.
   * @returns nothing when keys of the purpose live at a provider
   */
  sealForeign(kid: string, { purpose }: KeySlot, pkcs8: Buffer, dataKey: DataKey): Buffer | undefined {
    return this.providers.nameFor(purpose) === LOCAL ? seal(dataKey, contextOf(kid, purpose), pkcs8) : undefined;
  }

  /** Has those destroyed by their providers that sign no more, however often it takes. */
  async destroyDiscarded(dataKey: DataKey): Promise<void> {
    const due = await this.stored.claimDiscarded(AT_ONCE);
    await Promise.all(due.map((key) => this.destroy(key, dataKey).catch((error: unknown) => this.tell(key, error))));
  }

  private async add(slot: KeySlot, state: 'next' | 'active', dataKey: DataKey): Promise<void> {
    const provider = this.providers.nameFor(slot.purpose);
    const made = await this.providers.find(provider).generate(specOf(slot));
    const { kid, publicJwk } = named(made, slot);
    const private_key = seal(dataKey, contextOf(kid, slot.purpose), made.handle);
    made.handle.fill(0);
    await this.audit.append({ action: 'key.create', caller: 'secrets', kid, subject: slot.purpose });
    const kept = await this.stored.addIfFirst({ kid, ...slot, state, provider, public_jwk: publicJwk, private_key });
    if (kept) this.log.info('a signing key was made', { kid, ...slot, state, provider });
    else await this.stored.discard({ kid, ...slot, provider, private_key }, 0);
  }

  private async openOne(row: ActiveSigningKey, dataKey: DataKey): Promise<ActiveKey> {
    const { kid, purpose, alg, provider, public_jwk } = row;
    const handle = handleOf(row, dataKey);
    try {
      await this.audit.append({ action: 'key.open', caller: 'secrets', kid, subject: purpose });
      const sign = await this.providers.find(provider).open(specOf(row), handle);
      this.log.info('a signing key is in use', { kid, purpose, provider });
      return { kid, alg, sign: provider === LOCAL ? sign : provenSigner(provider, sign, alg, public_jwk) };
    } finally {
      handle.fill(0);
    }
  }

  private async destroy(key: DiscardedKey, dataKey: DataKey): Promise<void> {
    const { kid, purpose, provider } = key;
    await this.providers.find(provider).destroy(handleOf(key, dataKey));
    await this.turns.run(() =>
      this.tx.run(async () => {
        // Another replica that was as far has said so.
        if (!(await this.stored.forgetDiscarded(kid))) return;
        await this.audit.append({ action: 'key.destroy', caller: 'secrets', kid, subject: purpose });
        this.log.info('a key is gone from its provider', { kid, purpose, provider });
      }),
    );
  }

  private tell({ kid, provider, tries }: DiscardedKey, error: unknown): void {
    this.log.error('a key is still at its provider; it is tried again', { kid, provider, tries, error });
  }
}

const handleOf = ({ kid, purpose, private_key }: StoredSigningKey, dataKey: DataKey): Buffer =>
  open(dataKey, contextOf(kid, purpose), private_key);

/** The purpose is in it, so that a row which is moved to another purpose does not open. */
const contextOf = (kid: string, purpose: KeyPurpose): RecordContext => ({
  ownerType: KEYRING.ownerType,
  ownerId: KEYRING.ownerId,
  recordType: `signing_key.${purpose}`,
  recordId: kid,
  field: 'private_key',
  version: 1,
});
