import { Injectable } from '@nestjs/common';
import { KeyRotated, type KeyPurpose } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { KEY_PROFILES } from './key-profile.rules.js';
import { Keyring } from './keyring.service.js';
import { SigningKeysRepository, type StoredPublicKey } from './signing-keys.repository.js';

/** Who asked for a rotation. */
export interface RotationOrder {
  purpose: KeyPurpose;
  compromised: boolean;
  caller: string;
  requestId?: string;
}

/** Puts the key in waiting in the place of the active one. */
@Injectable()
export class RotationService {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly keyring: Keyring,
    private readonly keys: SigningKeysRepository,
    private readonly audit: AuditLog,
    private readonly tx: Transactions,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Rotates a purpose's key; rotations follow one another, here one by one and between replicas by a lock.
   * @returns the key that signs from now on
   * @throws Refusal `sealed`
   */
  rotate(order: RotationOrder): Promise<StoredPublicKey> {
    return this.inTurn(async () => {
      for (;;) {
        await this.keyring.prepareNext([order.purpose]);
        const made = await this.tx.run(() => this.exchange(order));
        // Nothing when another replica took the key in waiting; the next one has to be made first.
        if (made) return this.use(made);
      }
    });
  }

  /** Rotates a purpose's key that has been in use for too long; of all replicas one does it. */
  rotateOverdue(purpose: KeyPurpose): Promise<void> {
    return this.inTurn(async () => {
      const days = KEY_PROFILES[purpose].rotateAfterDays;
      if (days === undefined || !(await this.keys.findOverdue(purpose, days))) return;
      await this.keyring.prepareNext([purpose]);
      const made = await this.tx.run(async () => {
        await this.keys.lock(purpose);
        const overdue = await this.keys.findOverdue(purpose, days);
        return overdue ? this.exchange({ purpose, compromised: false, caller: 'secrets' }) : null;
      });
      if (made) await this.use(made);
    });
  }

  /** One at a time: each holds a connection while its audit entry is written over another one. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async use(made: StoredPublicKey): Promise<StoredPublicKey> {
    await this.keyring.reload();
    return made;
  }

  private async exchange({ purpose, compromised, caller, requestId }: RotationOrder): Promise<StoredPublicKey | null> {
    await this.keys.lock(purpose);
    if (!(await this.keys.purposesWith('next')).has(purpose)) return null;
    const overlap = compromised ? 0 : KEY_PROFILES[purpose].overlapSeconds;
    await this.keys.retireActive(purpose, compromised ? 'compromised' : 'retiring', overlap);
    const made = (await this.keys.activateNext(purpose))!;
    await this.outbox.append(KeyRotated, { kid: made.kid, purpose });
    const action = compromised ? 'key.rotate_compromised' : 'key.rotate';
    await this.audit.append({ action, caller, kid: made.kid, subject: purpose, requestId });
    return made;
  }
}
