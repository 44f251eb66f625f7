import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
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
    private readonly log: Log,
  ) {}

  /**
   * Rotates a purpose's key; rotations follow one another, here one by one and between replicas by a lock.
   * @returns the key that signs from now on
   * @throws Refusal `sealed`
   */
  rotate(order: RotationOrder): Promise<StoredPublicKey> {
    // One at a time: each holds a connection while its audit entry is written over another one.
    const turn = this.last.then(() => this.rotateNow(order));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async rotateNow(order: RotationOrder): Promise<StoredPublicKey> {
    this.keyring.assertOpen();
    for (;;) {
      await this.keyring.prepareNext([order.purpose]);
      const made = await this.tx.run(() => this.exchange(order));
      // Another replica took the key in waiting; the next one has to be made first.
      if (!made) continue;
      await this.keyring.reload();
      this.log.info('a signing key was rotated', { kid: made.kid, purpose: made.purpose });
      return made;
    }
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
