import { Injectable } from '@nestjs/common';
import { KeyRotated, ValidationFailed, type KeyPurpose, type SigningAlg } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { KEY_PROFILES, slotName, slotOf, type KeySlot } from './key-profile.rules.js';
import { Keyring } from './keyring.service.js';
import { OneByOne } from './one-by-one.js';
import { SigningKeysRepository, type StoredPublicKey } from './signing-keys.repository.js';

/** Replicas that have not heard yet sign with the key before. */
const GRACE_SECONDS = 30;

/** Who asked for a rotation. */
export interface RotationOrder {
  purpose: KeyPurpose;
  /** Default: the purpose's usual one. */
  alg?: SigningAlg;
  compromised: boolean;
  caller: string;
  requestId?: string;
}

type ExchangeOrder = Omit<RotationOrder, keyof KeySlot>;

/** Puts the key in waiting in the place of the active one. */
@Injectable()
export class RotationService {
  private readonly turns = new OneByOne();

  constructor(
    private readonly keyring: Keyring,
    private readonly keys: SigningKeysRepository,
    private readonly audit: AuditLog,
    private readonly tx: Transactions,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Rotates the key of a slot; rotations follow one another, here one by one and between replicas by a lock.
   * @returns the key that signs from now on
   * @throws Refusal `sealed`; `validation_failed` when the purpose has no keys of that algorithm
   */
  rotate(order: RotationOrder): Promise<StoredPublicKey> {
    const slot = slotOf(order.purpose, order.alg);
    if (!slot) throw ValidationFailed.with(`There are no ${order.alg} keys for ${order.purpose}.`);
    return this.turns.run(async () => {
      for (;;) {
        await this.keyring.prepareNext([slot]);
        const made = await this.takeTurn(slot, order);
        // Nothing when another replica took the key in waiting; the next one has to be made first.
        if (made) return made;
      }
    });
  }

  /**
   * Lets a key that was made elsewhere take its turn at once.
   * @param putNext puts it in waiting, within the transaction that rotates; false when it is not to be
   */
  rotateTo(
    slot: KeySlot,
    by: Pick<RotationOrder, 'caller' | 'requestId'>,
    putNext: () => Promise<boolean>,
  ): Promise<void> {
    return this.turns.run(async () => void (await this.takeTurn(slot, { compromised: false, ...by }, putNext)));
  }

  /** Rotates a slot's key that has been in use for too long; of all replicas one does it. */
  rotateOverdue(slot: KeySlot): Promise<void> {
    return this.turns.run(async () => {
      const days = KEY_PROFILES[slot.purpose].rotateAfterDays;
      if (days === undefined || !(await this.keys.findOverdue(slot, days))) return;
      await this.keyring.prepareNext([slot]);
      const isOverdue = async () => Boolean(await this.keys.findOverdue(slot, days));
      await this.takeTurn(slot, { compromised: false, caller: 'secrets' }, isOverdue);
    });
  }

  /** Lets go of keys whose overlap is over. */
  retireEnded(): Promise<unknown> {
    return this.keys.retireEnded();
  }

  /** @param isDue asked once no other rotation of the slot is under way, within the transaction that rotates */
  private async takeTurn(
    slot: KeySlot,
    order: ExchangeOrder,
    isDue = (): Promise<boolean> => Promise.resolve(true),
  ): Promise<StoredPublicKey | null> {
    const made = await this.tx.run(async () => {
      await this.keys.lock(slot);
      return (await isDue()) ? this.exchange(slot, order) : null;
    });
    if (made) await this.keyring.reload();
    return made;
  }

  private async exchange(
    slot: KeySlot,
    { compromised, caller, requestId }: ExchangeOrder,
  ): Promise<StoredPublicKey | null> {
    const { purpose } = slot;
    if (!(await this.keys.slotsWith('next')).map(slotName).includes(slotName(slot))) return null;
    const overlap = compromised ? 0 : KEY_PROFILES[purpose].overlapSeconds;
    const before = await this.keys.retireActive(slot, compromised ? 'compromised' : 'retiring', overlap);
    if (before) await this.keys.discard(before, compromised ? 0 : GRACE_SECONDS);
    const made = (await this.keys.activateNext(slot))!;
    await this.outbox.append(KeyRotated, { kid: made.kid, purpose });
    const action = compromised ? 'key.rotate_compromised' : 'key.rotate';
    await this.audit.append({ action, caller, kid: made.kid, subject: purpose, requestId });
    return made;
  }
}
