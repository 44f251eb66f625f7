import { Injectable, Optional } from '@nestjs/common';
import { DeadLetterRepository, InboxRepository, Transactions } from '#persistence';
import type { DeadLetter } from '#contracts';
import type { EventRoute } from './event-handlers.js';
import type { EventMeta } from './listens.js';
import { SeenEvents } from './seen-events.js';

/** Runs the listeners of an event once in effect, and keeps what they could not handle. */
@Injectable()
export class EventApplication {
  private readonly seen = new SeenEvents();

  constructor(
    @Optional() private readonly transactions?: Transactions,
    @Optional() private readonly inbox?: InboxRepository,
    @Optional() private readonly deadLetters?: DeadLetterRepository,
  ) {}

  /**
   * All listeners of one event share a transaction with its inbox row: it happens whole and once, or not at all. The
   * row's consumer is the event's name, so that a command that does the same can share it.
   * @returns whether it was new
   */
  async apply(route: EventRoute, data: object, meta: EventMeta): Promise<boolean> {
    const { transactions, inbox } = this;
    if (!transactions || !inbox) return this.applyInMemory(route, data, meta);
    return transactions.run(async () => {
      if (!(await inbox.once(meta.event, meta.id))) return false;
      await callAll(route, data, meta);
      return true;
    });
  }

  /** @returns whether there is a table that keeps it */
  async bury(letter: Omit<DeadLetter, 'id' | 'at'>): Promise<boolean> {
    if (!this.deadLetters) return false;
    await this.deadLetters.insert(letter);
    return true;
  }

  private async applyInMemory(route: EventRoute, data: object, meta: EventMeta): Promise<boolean> {
    const id = `${meta.event} ${meta.id}`;
    if (!this.seen.once(id)) return false;
    try {
      await callAll(route, data, meta);
      return true;
    } catch (error) {
      this.seen.forget(id);
      throw error;
    }
  }
}

async function callAll({ handlers }: EventRoute, data: object, meta: EventMeta): Promise<void> {
  for (const { call } of handlers) await call(data, meta);
}
