import { Controller } from '@nestjs/common';
import { Listens, type EventMeta } from '#bus';
import { ProfileUpdated, type ProfileUpdatedData } from '#contracts';
import { FramePublisher } from '../fanout/frame-publisher.service.js';
import { presenceChange } from './presence.rules.js';

/** Tells everybody who is looking that somebody who can be seen looks different. Who is there, the list tells. */
@Controller()
export class PresenceController {
  constructor(private readonly frames: FramePublisher) {}

  @Listens(ProfileUpdated)
  async profileUpdated(updated: ProfileUpdatedData, meta: EventMeta): Promise<void> {
    const data = presenceChange(updated);
    if (!data) return;
    const frame = { id: `presence:${meta.id}`, type: 'presence_changed', data: { ...data }, key: data.user_id };
    await this.frames.publish(undefined, frame, 'presence');
  }
}
