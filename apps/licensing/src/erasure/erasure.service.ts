import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { Bus, insist } from '#bus';
import { AcknowledgeErasure, NotFound, ReadErasure, Refusal, type UserErasedData } from '#contracts';
import { Transactions } from '#persistence';
import { ErasureRepository, type ErasedPerson } from './erasure.repository.js';

/** The listener's transaction is open meanwhile, and Postgres ends one that idles for ten seconds. */
const PATIENCE = { timeoutMs: 3_000 };

/** Erases people who are gone for good. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly tx: Transactions,
    private readonly bus: Bus,
    private readonly books: ErasureRepository,
    private readonly log: Log,
  ) {}

  /** Within the event's transaction; again is no harm. The acknowledgement follows the commit, or the event comes again. */
  async erase({ erasure_id, user_id }: UserErasedData): Promise<void> {
    const person = await this.personOf(erasure_id, user_id);
    await this.books.anonymizeLicenses(person);
    if (person.email) await this.books.rememberErased(person.email);
    await this.books.deleteEntitlement(user_id);
    this.tx.afterCommit(() => void this.acknowledge(erasure_id));
  }

  /** Once everybody has acknowledged, nobody knows the address any more, and there is nothing left to find by it. */
  private async personOf(erasure_id: string, user_id: string): Promise<ErasedPerson> {
    try {
      return await this.bus.send(ReadErasure, { erasure_id }, PATIENCE);
    } catch (error) {
      if (error instanceof Refusal && error.is(NotFound)) return { user_id, email: null };
      throw error;
    }
  }

  private async acknowledge(erasure_id: string): Promise<void> {
    await insist(this.bus, AcknowledgeErasure, { erasure_id }).catch((error: unknown) => {
      this.log.warn('an erasure was not acknowledged; identity will tell of it again', { erasure_id, error });
    });
  }
}
