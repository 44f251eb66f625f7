import { Injectable } from '@nestjs/common';
import { Transactions } from '../transactions/transactions.js';

/** Which events were handled: an event that arrives again finds its row and is passed over. */
@Injectable()
export class InboxRepository {
  constructor(private readonly tx: Transactions) {}

  /**
   * Notes the event in the open transaction, together with what its handling writes.
   * Of two at once the second waits for the first one's end.
   * @returns whether it is new to this consumer
   * @throws Error when no transaction is open
   */
  async once(consumer: string, eventId: string): Promise<boolean> {
    if (!this.tx.active) throw new Error('InboxRepository.once needs an open transaction.');
    const { rowCount } = await this.tx.execute(
      'insert into inbox (consumer, event_id) values ($1, $2) on conflict do nothing',
      [consumer, eventId],
    );
    return rowCount === 1;
  }

  /** Forgets what was handled before `before`; it must be older than anything that can still be delivered. */
  async forget(before: Date): Promise<number> {
    return (await this.tx.execute('delete from inbox where at < $1', [before])).rowCount ?? 0;
  }
}
