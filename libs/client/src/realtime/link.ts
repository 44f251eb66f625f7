import type { Ending } from './close-codes.js';
import type { Frame } from './events.js';

/** Where and how to connect. */
export interface Target {
  token: string;
  /** Go on behind this id. */
  since?: string;
  /** Connect as the person's agent, who gets chat. */
  agent: boolean;
}

/** What a link tells; nothing more after `ended`, and nothing at all after `close()`. */
export interface LinkHears {
  frame(frame: Frame): void;
  /** A sign of life without an event. */
  beat(): void;
  ended(ending: Ending): void;
}

/** One connection, of either kind. */
export interface Link {
  readonly kind: 'websocket' | 'sse';
  /** @returns false when this kind of link cannot, or the text is longer than the server takes */
  say(text: string): boolean;
  close(): void;
}

export const EVENTS_PATH = '/v1/auth/events';
export const SOCKET_PATH = '/v1/auth/ws';

export function queryOf({ since, agent }: Target): string {
  const query = new URLSearchParams();
  if (since !== undefined) query.set('since', since);
  if (agent) query.set('as', 'agent');
  return query.size ? `?${query}` : '';
}
