import { Injectable, Optional } from '@nestjs/common';
import { NotFound, parse, type DeadLetter } from '#contracts';
import { DeadLetterRepository } from '#persistence';
import { BusConnection } from '../connection/bus-connection.js';
import { EventApplication } from './event-application.js';
import { EventHandlers } from './event-handlers.js';

/** What an operator can do with events that a listener has given up on. */
@Injectable()
export class DeadLettersService {
  constructor(
    private readonly link: BusConnection,
    private readonly handlers: EventHandlers,
    private readonly application: EventApplication,
    @Optional() private readonly letters?: DeadLetterRepository,
  ) {}

  /** Newest first, at most 200. */
  list(): Promise<DeadLetter[]> {
    return this.kept.list();
  }

  /**
   * Handles the event again, within the open transaction: the letter goes when the listeners succeed, and stays with
   * everything as it was when they fail.
   * @throws Refusal `not_found`, also when no method listens to the event any more
   */
  async replay(id: string): Promise<void> {
    const letter = await this.kept.find(id);
    const route = letter && this.handlers.listened(this.link.options.app).find((r) => r.event.name === letter.event);
    if (!letter || !route)
      throw NotFound.with('There is no such dead letter, or nothing listens to its event any more.');
    const meta = { id: letter.event_id, event: letter.event, at: new Date(letter.at), tries: letter.tries + 1 };
    await this.application.apply(route, parse(route.event.data, letter.data), meta);
    await this.kept.delete(id);
  }

  /** @throws Refusal `not_found` */
  async discard(id: string): Promise<void> {
    if (!(await this.kept.delete(id))) throw NotFound.with('There is no such dead letter.');
  }

  private get kept(): DeadLetterRepository {
    if (!this.letters) throw new Error('dead letters need PersistenceModule');
    return this.letters;
  }
}
