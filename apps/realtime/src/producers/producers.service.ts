import { Injectable } from '@nestjs/common';
import type { ProducerAnswer, ProducerStatus } from '#contracts';
import { Cooldowns } from '../cooldown/cooldowns.service.js';
import { channelOf } from '../fanout/event-class.rules.js';
import { FramePublisher, type Published } from '../fanout/frame-publisher.service.js';
import { contentDigest } from '../idempotency/producer-keys.rules.js';
import { ProducerKeys } from '../idempotency/producer-keys.service.js';
import type { ProducedFrame } from './produced-frame.js';
import { Receivers } from './receivers.service.js';

const answer = (id: string, status: ProducerStatus): ProducerAnswer => ({
  id,
  status,
  duplicate: status === 'duplicate',
});

/** Takes what producers say, by whichever way it came, and tells them what became of it. */
@Injectable()
export class ProducersService {
  constructor(
    private readonly frames: FramePublisher,
    private readonly keys: ProducerKeys,
    private readonly cooldowns: Cooldowns,
    private readonly receivers: Receivers,
  ) {}

  /**
   * Pushes a frame and looks whether somebody was there.
   * @throws Refusal `unavailable` when the broker did not take it, `idempotency_key_reused` when its id stands for another
   * event; nothing was pushed then
   */
  async push(produced: ProducedFrame): Promise<ProducerAnswer> {
    const published = await this.accept(produced);
    const { id } = produced.frame;
    if (published === 'suppressed' || published === 'duplicate') return answer(id, published);
    const channel = channelOf(produced.eventClass, produced.userId);
    return answer(published.id, (await this.receivers.has(channel, published.seq)) ? 'delivered' : 'queued');
  }

  /** Pushes a frame for whose fate nobody waits. @throws Refusal as {@link push} */
  async accept(produced: ProducedFrame): Promise<Published | 'suppressed' | 'duplicate'> {
    const { frame, named } = produced;
    if (!named) return this.publishOnce(produced);
    const content = contentDigest([produced.userId, frame.type, frame.data]);
    const id = await this.keys.claim(frame.id, content);
    if (!id) return 'duplicate';
    const published = await this.publishOnce(produced);
    if (published !== 'suppressed') await id.accepted();
    return published;
  }

  private async publishOnce(produced: ProducedFrame): Promise<Published | 'suppressed' | 'duplicate'> {
    const { userId, frame, eventClass, cooldown } = produced;
    const claim = cooldown && (await this.cooldowns.claim(userId, cooldown, frame.id));
    if (cooldown && !claim) return 'suppressed';
    try {
      const published = await this.frames.publish(userId, frame, eventClass);
      return published.duplicate ? 'duplicate' : published;
    } catch (error) {
      // The producer will try again, and what was never pushed must not be what holds it back.
      await claim?.release().catch(() => undefined);
      throw error;
    }
  }
}
