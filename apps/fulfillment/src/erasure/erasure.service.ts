import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { Bus } from '#bus';
import { AcknowledgeErasure, NotFound, ReadErasure, Refusal, type UserErasedData } from '#contracts';
import { Transactions } from '#persistence';
import { ErasureRepository } from './erasure.repository.js';
import { withoutPerson } from './ping-erasure.rules.js';

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
    const email = await this.addressOf(erasure_id);
    await this.books.anonymizeMails(user_id);
    if (email) await this.books.anonymizeOrders(email);
    if (email) await this.books.forgetPortal(email);
    await this.anonymizePings(email);
    this.tx.afterCommit(() => void this.acknowledge(erasure_id));
  }

  /** Takes people out of pings: those of the address, and those that came about orders erased before. */
  async anonymizePings(email: string | null): Promise<void> {
    for (let pings = await this.books.pingsOf(email); pings.length; pings = await this.books.pingsOf(email)) {
      for (const ping of pings) await this.books.replacePing(ping.id, withoutPerson(ping));
    }
  }

  /** Once everybody has acknowledged, nobody knows the address any more, and there is nothing left to find by it. */
  private async addressOf(erasure_id: string): Promise<string | null> {
    try {
      return (await this.bus.send(ReadErasure, { erasure_id }, PATIENCE)).email;
    } catch (error) {
      if (error instanceof Refusal && error.is(NotFound)) return null;
      throw error;
    }
  }

  private async acknowledge(erasure_id: string): Promise<void> {
    await this.bus.send(AcknowledgeErasure, { erasure_id }).catch((error: unknown) => {
      this.log.warn('an erasure was not acknowledged; identity will tell of it again', { erasure_id, error });
    });
  }
}
