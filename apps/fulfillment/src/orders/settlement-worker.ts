import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log, Shutdown } from '#boot';
import { LeaseWorker } from '../leases/lease-worker.js';
import { OrderBooks } from './order-books.js';
import { OrderWorkRepository, type OrderLease } from './order-work.repository.js';
import { LeaseTooOld, leavingAfter } from './settlement-failure.rules.js';
import { SettlementPace } from './settlement-pace.js';
import { SettlementService } from './settlement.service.js';

/** A worker that dies holds up its order for this long. */
const LEASE_MS = 20_000;
/** Nothing is begun after this; the calls to licensing take twice four seconds at most. */
const BEGIN_MS = 10_000;

/** Settles orders as soon as a ping about them is stored. */
@Injectable()
export class SettlementWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly worker: LeaseWorker<OrderLease>;
  private readonly pace = new SettlementPace();

  constructor(
    private readonly work: OrderWorkRepository,
    private readonly books: OrderBooks,
    private readonly settlement: SettlementService,
    private readonly log: Log,
    shutdown: Shutdown,
  ) {
    this.worker = new LeaseWorker(
      {
        name: 'settlement',
        concurrency: () => this.pace.atOnce,
        claim: (limit) => this.work.claim(limit, LEASE_MS),
        work: (lease) => this.settle(lease),
        dueInMs: () => this.work.dueInMs(),
      },
      log,
    );
    shutdown.register('consumers', 'settlement worker', () => this.worker.stop());
  }

  onApplicationBootstrap(): void {
    this.worker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.worker.stop();
  }

  wake(): void {
    this.worker.wake();
  }

  /** An authentic ping is here: while there are many, orders wait. */
  pinged(): void {
    this.pace.pinged();
  }

  private async settle(lease: OrderLease): Promise<void> {
    const until = Date.now() + BEGIN_MS;
    let events: string[] = [];
    const stillHeld = (): void => {
      if (Date.now() > until) throw new LeaseTooOld();
    };
    try {
      events = await this.books.openEvents(lease);
      await this.settlement.settle(lease, events, stillHeld);
    } catch (error) {
      const leaving = leavingAfter(error, lease.attempts);
      const { order_id, attempts } = lease;
      this.log.warn('an order could not be settled', { order_id, attempts, state: leaving.state, error });
      await this.books.leave(lease, events, leaving);
    }
  }
}
