import { randomUUID } from 'node:crypto';
import { jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { eventSubject, type ChatFeedRequest, type ChatMessageRequest, type ProducerName } from '#contracts';
import type { TestBroker } from '../../../test/support/index.js';

/** Something that somebody says in a person's chat. */
export const message = (owner_id: string, more: Partial<ChatMessageRequest> = {}): ChatMessageRequest => ({
  owner_id,
  platform: 'twitch',
  channel: 'qa',
  message_id: randomUUID(),
  author: { name: 'ada' },
  text: 'hi',
  at: new Date().toISOString(),
  ...more,
});
/** The last minute of a person's chat. */
export const feed = (owner_id: string): ChatFeedRequest => ({
  owner_id,
  window_start: new Date(Date.now() - 60_000).toISOString(),
  window_end: new Date().toISOString(),
  topics: ['the boss fight'],
  mood: 'cheerful',
  highlights: ['“what a save”'],
});

/** Producers with keys of their own, and no rights but theirs. */
export class Producers {
  private readonly connections: NatsConnection[] = [];

  constructor(private readonly broker: TestBroker) {}

  /** @returns publishes an event, and resolves when the stream has it */
  async as(producer: ProducerName): Promise<(event: { name: string }, data: object) => Promise<unknown>> {
    const nc = await connect(this.broker.connectionOptions(producer));
    this.connections.push(nc);
    const js = jetstream(nc);
    return (event, data) => js.publish(eventSubject(event), JSON.stringify(data));
  }

  async close(): Promise<void> {
    await Promise.all(this.connections.map((nc) => nc.close()));
  }
}
