import type { Cooldown } from '../cooldown/cooldown.rules.js';
import type { EventClass } from '../fanout/event-class.rules.js';
import type { NewFrame } from '../fanout/frame-publisher.service.js';

/** What a producer said, as it is to be pushed. */
export interface ProducedFrame {
  /** Left out: everybody. */
  userId?: string;
  frame: NewFrame;
  eventClass: EventClass;
  /** The producer chose the id, and whoever uses it again means the same event. */
  named?: boolean;
  cooldown?: Cooldown;
}
