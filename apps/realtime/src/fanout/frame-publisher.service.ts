import { Injectable } from '@nestjs/common';
import { jetstream } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { Bus } from '#bus';
import { Unavailable } from '#contracts';
import { channelOf, type EventClass } from './event-class.rules.js';
import { HEADERS, headerSafe } from './frame-headers.js';

const PUBLISH_TIMEOUT_MS = 2_000;

/** One thing to push, as clients get it. */
export interface NewFrame {
  /** The clients' cursor and the key of idempotency: the same id within two minutes is the same frame of the same person. */
  id: string;
  type: string;
  data: Record<string, unknown>;
  /** For classes that are conflated: of two frames with one key the later one counts. */
  key?: string;
}

/** What the stream made of a frame. */
export interface Published {
  /** The frame's id, as clients see it. */
  id: string;
  /** Its place in the stream. */
  seq: number;
  /** It had been taken before; nothing was pushed again. */
  duplicate: boolean;
}

/** Puts frames into the stream from which every replica hears them. */
@Injectable()
export class FramePublisher {
  constructor(private readonly bus: Bus) {}

  /**
   * Accepts a frame: when this resolves, the stream has it.
   * @param userId whose clients get it; left out it goes to everyone, which chat cannot
   * @throws Refusal `unavailable` when the broker did not take it in time
   */
  async publish(userId: string | undefined, frame: NewFrame, eventClass: EventClass): Promise<Published> {
    const at = new Date();
    const id = headerSafe(frame.id);
    const head = headers();
    head.set(HEADERS.id, id);
    head.set(HEADERS.eventClass, eventClass);
    head.set(HEADERS.at, String(at.getTime()));
    if (frame.key) head.set(HEADERS.key, headerSafe(frame.key));
    const text = JSON.stringify({ id, type: frame.type, at: at.toISOString(), data: frame.data });
    try {
      const js = jetstream(this.bus.connection, { timeout: PUBLISH_TIMEOUT_MS });
      const subject = `rtm.${channelOf(eventClass, userId)}`;
      const { seq, duplicate } = await js.publish(subject, text, { msgID: `${subject}/${id}`, headers: head });
      return { id, seq, duplicate };
    } catch {
      throw Unavailable.with({ detail: 'The broker did not take the event; send it again.', retry_after: 1 });
    }
  }
}
