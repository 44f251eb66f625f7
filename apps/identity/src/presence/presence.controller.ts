import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { ListOnline, NoteSeen, type Call, type Empty, type NoteSeenRequest, type OnlineUsers } from '#contracts';
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
    this.presence.note(user_ids);
    return {};
  }
}
