import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { Bus, insist } from '#bus';
import { AcknowledgeErasure, type UserErasedData } from '#contracts';
import { Transactions } from '#persistence';
import { OwnerErasure } from '../vault/owner-erasure.service.js';

/** Erases people who are gone for good: without their keys, whatever was sealed for them is noise (crypto-shredding). */
@Injectable()
export class ErasureService {
  constructor(
    private readonly tx: Transactions,
    private readonly bus: Bus,
    private readonly owners: OwnerErasure,
    private readonly log: Log,
  ) {}

  /** Within the event's transaction; again is no harm. The acknowledgement follows the commit, or the event comes again. */
  async erase({ erasure_id, user_id }: UserErasedData): Promise<void> {
    await this.owners.erase(user_id, { caller: 'identity' });
    this.tx.afterCommit(() => void this.acknowledge(erasure_id));
  }

  private async acknowledge(erasure_id: string): Promise<void> {
    await insist(this.bus, AcknowledgeErasure, { erasure_id }).catch((error: unknown) => {
      this.log.warn('an erasure was not acknowledged; identity will tell of it again', { erasure_id, error });
    });
  }
}
