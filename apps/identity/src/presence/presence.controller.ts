import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ListOnline,
  NoteLeft,
  NoteSeen,
  type Call,
  type Empty,
  type NoteLeftRequest,
  type NoteSeenRequest,
  type OnlineUsers,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { Presence } from './presence.service.js';

@Controller()
export class PresenceController {
  constructor(private readonly presence: Presence) {}

  @Handles(ListOnline, { transaction: false })
  async list(_input: Empty, { actor }: Call): Promise<OnlineUsers> {
    return this.presence.list(personOf(actor));
  }

  @Handles(NoteSeen, { transaction: false })
  async note({ user_ids }: NoteSeenRequest): Promise<Empty> {
    await this.presence.seen(user_ids);
    return {};
  }

  @Handles(NoteLeft, { transaction: false })
  async noteLeft({ user_ids }: NoteLeftRequest): Promise<Empty> {
    await this.presence.left(user_ids);
    return {};
  }
}
