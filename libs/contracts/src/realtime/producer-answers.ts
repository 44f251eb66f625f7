import { Flag, OneOf, Text } from '../fields.js';
import { pattern } from '../patterns.js';

/**
 * What became of a producer's event:
 * - `delivered`: at least one open connection was given it;
 * - `queued`: nobody was there; who comes back with a cursor within the history gets it;
 * - `suppressed`: the cooldown of its key is running, and it is dropped;
 * - `duplicate`: an event with this id had been accepted before, and nothing was pushed again.
 */
export const PRODUCER_STATUSES = ['delivered', 'queued', 'suppressed', 'duplicate'] as const;
export type ProducerStatus = (typeof PRODUCER_STATUSES)[number];

export class ProducerAnswer {
  @Text({ max: 128 }) id!: string;
  @OneOf(PRODUCER_STATUSES, {
    description:
      '`delivered`: an open connection was given it. `queued`: nobody is there; it is kept for clients that come back. ' +
      '`suppressed`: its cooldown is running. `duplicate`: this id was accepted before.',
  })
  status!: ProducerStatus;
  @Flag({ description: 'True when an event with this id had been accepted before.' }) duplicate!: boolean;
}

/** Types that Gatehouse itself makes; whoever listens may rely on that. */
const RESERVED = [
  'chat_message',
  'chat_feed',
  'plan_changed',
  'presence_changed',
  'hello',
  'gap',
  'cursor',
  'reconnect',
  'token_expiring',
  'refresh',
  'refreshed',
  'refresh_failed',
  'close',
];

/** Types that a producer may broadcast. */
export const BROADCAST_TYPE = pattern(
  new RegExp(`^(?!(?:${RESERVED.join('|')})$)[a-z][a-z0-9_.:-]*$`),
  'a name in small letters, digits, _ . : and - that Gatehouse does not use itself',
);

/**
 * Ids that a producer may choose: not those of Gatehouse's own frames, which would be taken for repetitions and dropped,
 * and none that clients would hand back as a cursor.
 */
export const BROADCAST_ID = pattern(
  /^(?!(?:plan|presence):[0-9a-f-]{36}|c1\.)[A-Za-z0-9_.:=-]+$/i,
  'letters, digits, _ . : = and - only, and no id of ours',
);
