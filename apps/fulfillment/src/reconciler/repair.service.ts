import { Injectable } from '@nestjs/common';
import type { Drift, DriftKind, ReconciliationMode, Store } from '#contracts';
import { MailService } from '../mail/mail.service.js';
import { OrderWorkRepository } from '../orders/order-work.repository.js';
import { SettlementWorker } from '../orders/settlement-worker.js';
import { reconciled, reconciledPing } from '../storefront-events/reconciled.rules.js';
import { keep, StorefrontEventsRepository } from '../storefront-events/storefront-events.repository.js';
import { DriftRepository } from './drift.repository.js';

/** What a store tells and no ping has told. */
const UNTOLD: readonly DriftKind[] = ['not_recorded', 'differs', 'paid_though_revoked'];

/** Has what does not agree settled: nothing is decided here. */
@Injectable()
export class RepairService {
  constructor(
    private readonly events: StorefrontEventsRepository,
    private readonly work: OrderWorkRepository,
    private readonly worker: SettlementWorker,
    private readonly mail: MailService,
    private readonly books: DriftRepository,
  ) {}

  async mend(drift: readonly Drift[], mode: ReconciliationMode): Promise<void> {
    for (const { kind, store, order_id, mail_id } of drift) {
      if (store && order_id) await this.look(store, order_id, UNTOLD.includes(kind));
      // An address that does not exist does not exist tomorrow: only a person has a mail sent once more.
      if (mail_id && mode === 'repair') await this.mail.resend(mail_id);
    }
    if (drift.length) this.worker.wake();
  }

  async lookAtSubscriptions(store: Store): Promise<void> {
    for (const orderId of await this.books.goingOn(store)) await this.work.want(store, orderId);
    this.worker.wake();
  }

  /** What no ping has told is kept as an event, so that the inbox tells the whole story; one that waits is enough. */
  private async look(store: Store, orderId: string, untold: boolean): Promise<void> {
    const open = untold ? await this.events.openOf({ store, order_id: orderId }) : [];
    if (!untold || open.length) return this.work.want(store, orderId);
    await this.events.insert(store, reconciledPing(orderId), keep(reconciled(orderId)), null);
  }
}
