import { Injectable } from '@nestjs/common';
import { jetstream } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { Bus } from '#bus';
import { Unavailable, type ProducerAnswer } from '#contracts';
import { serialize, type Frame } from './frames.rules.js';

/** Header by which replicas know whose connections a frame is for. */
export const AUDIENCE_HEADER = 'Gatehouse-Audience';

const PUBLISH_TIMEOUT_MS = 2_000;

/** Publishes frames to the stream from which every replica hears them. */
@Injectable()
export class FramesService {
  constructor(private readonly bus: Bus) {}

  /**
   * Accepts a frame: when this returns, the stream has it. The same id again is the same frame.
   * @throws Refusal `unavailable` when the broker did not take it; nothing was pushed then
   */
  async publish(frame: Frame): Promise<ProducerAnswer> {
    const subject = frame.user_id ? `rtm.user.${frame.user_id}` : 'rtm.all';
    const head = headers();
    head.set(AUDIENCE_HEADER, frame.audience);
    try {
      const { duplicate } = await jetstream(this.bus.connection, { timeout: PUBLISH_TIMEOUT_MS }).publish(
        subject,
        serialize(frame, new Date()),
        { msgID: frame.id, headers: head },
      );
      return { id: frame.id, status: duplicate ? 'duplicate' : 'queued', duplicate };
    } catch {
      throw Unavailable.with({ detail: 'The broker did not take the event; send it again.', retry_after: 1 });
    }
  }
}
