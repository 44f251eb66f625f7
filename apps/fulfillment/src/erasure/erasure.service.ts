import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { Bus, insist } from '#bus';
import { AcknowledgeErasure, NotFound, ReadErasure, Refusal, Unavailable, type UserErasedData } from '#contracts';
import { Transactions } from '#persistence';
import { ErasureRepository, type ErasedKind } from './erasure.repository.js';
import { withoutPerson } from './ping-erasure.rules.js';

/** The listener's transaction is open meanwhile, and Postgres ends one that idles for ten seconds. */
const PATIENCE = { timeoutMs: 3_000 };

/** A settlement takes a second or two; the lease of a worker that died outlives this, and whoever asked asks again. */
const LOOK_EVERY_MS = 150;
const MOST_LOOKS = 80;

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
    if (email) await this.eraseBuyer(email);
    else await this.anonymizePings(null);
    this.tx.afterCommit(() => void this.acknowledge(erasure_id));
  }

  /**
   * The same, once no order of the address is being settled: its license would come after the erasure.
   * @throws Refusal `unavailable` when that takes too long
   */
  async eraseCustomer(email: string): Promise<Record<ErasedKind, number>> {
    const looks = await this.untilIdle(email, MOST_LOOKS);
    // Whatever is begun from here on makes no license; what was begun since the look is waited for, too.
    await this.books.rememberErased(email);
    await this.untilIdle(email, looks);
    return this.tx.run(() => this.eraseBuyer(email));
  }

  /** @returns how many of the `most` looks are left */
  private async untilIdle(email: string, most: number): Promise<number> {
    let left = most;
    for (; await this.books.isBusy(email); left--) {
      if (left <= 0) throw Unavailable.with('An order of the address is being settled; ask again.');
      await setTimeout(LOOK_EVERY_MS);
    }
    return left;
  }

  /** Takes the person of an address out of everything. @returns the rows of each kind that named the person */
  async eraseBuyer(email: string): Promise<Record<ErasedKind, number>> {
    await this.books.rememberErased(email);
    // By the orders, so before those forget the address.
    const mails = await this.books.dropMails(email);
    const orders = await this.books.anonymizeOrders(email);
    const portal_accesses = await this.books.forgetPortal(email);
    return { orders, storefront_events: await this.anonymizePings(email), mails, portal_accesses };
  }

  /** Takes people out of pings: those of the address, and those that came about orders erased before. */
  async anonymizePings(email: string | null): Promise<number> {
    let done = 0;
    for (let pings = await this.books.pingsOf(email); pings.length; pings = await this.books.pingsOf(email)) {
      for (const ping of pings) await this.books.replacePing(ping.id, withoutPerson(ping));
      done += pings.length;
    }
    return done;
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
    await insist(this.bus, AcknowledgeErasure, { erasure_id }).catch((error: unknown) => {
      this.log.warn('an erasure was not acknowledged; identity will tell of it again', { erasure_id, error });
    });
  }
}
