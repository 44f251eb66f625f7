import { Injectable } from '@nestjs/common';
import type { Drift, ReconciliationMode, Store } from '#contracts';
import { MailService } from '../mail/mail.service.js';
import { OrderWorkRepository } from '../orders/order-work.repository.js';
import { SettlementWorker } from '../orders/settlement-worker.js';
import { keep, StorefrontEventsRepository } from '../storefront-events/storefront-events.repository.js';
import { DriftRepository } from './drift.repository.js';

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
      if (store && order_id) await this.look(store, order_id, kind === 'not_recorded' || kind === 'differs');
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
    const raw = Buffer.from(new URLSearchParams({ sale_id: orderId, resource_name: 'sale' }).toString());
    const ping = { content_type: 'application/x-www-form-urlencoded', raw };
    await this.events.insert(store, ping, keep({ kind: 'order', order_id: orderId, resource: 'reconciled' }), null);
  }
}
