import { Injectable } from '@nestjs/common';
import { NotFound } from '#contracts';
import { Transactions } from '#persistence';
import { OrderWorkRepository } from '../orders/order-work.repository.js';
import { SettlementWorker } from '../orders/settlement-worker.js';
import { StorefrontsService } from '../storefronts/storefronts.service.js';
import { describeReconciled } from './reconciled.rules.js';
import { keep, StorefrontEventsRepository } from './storefront-events.repository.js';

/** Reads stored pings again, with the rules and products of today. */
@Injectable()
export class ReplayService {
  constructor(
    private readonly tx: Transactions,
    private readonly storefronts: StorefrontsService,
    private readonly events: StorefrontEventsRepository,
    private readonly work: OrderWorkRepository,
    private readonly worker: SettlementWorker,
  ) {}

  /** @throws Refusal `not_found` */
  async replay(id: string): Promise<void> {
    const ping = await this.events.ping(id);
    if (!ping) throw NotFound.with('There is no event with this id.');
    const kept = keep(describeReconciled(ping) ?? this.storefronts.of(ping.store).describe(ping));
    await this.tx.run(async () => {
      // Locked first, as by those who settle it: else they and we would wait for one another.
      if (kept.state === 'pending') await this.work.want(ping.store, kept.sale_id!);
      await this.events.reopen(id, kept);
    });
    this.worker.wake();
  }
}
