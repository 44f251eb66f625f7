import { Injectable } from '@nestjs/common';
import { InvalidToken, type OnlineUsers, type UserActor } from '#contracts';
import { UsersRepository } from '../users/users.repository.js';
import { PresenceRepository } from './presence.repository.js';

/** Tells who is there. A time that passes needs nobody to sign off: what crashes is gone two minutes later (RT26). */
@Injectable()
export class Presence {
  constructor(
    private readonly users: UsersRepository,
    private readonly presence: PresenceRepository,
  ) {}

  /** @throws Refusal `invalid_token` when the session has ended */
  async list({ user_id, session_id }: UserActor): Promise<OnlineUsers> {
    if (!(await this.users.findBySession(user_id, session_id))) throw InvalidToken.with();
    const there = await this.presence.there();
    return { users: there.map(({ last_seen_at, ...user }) => ({ ...user, last_seen: last_seen_at.toISOString() })) };
  }

  /** They have a connection open. */
  async seen(userIds: string[]): Promise<void> {
    await this.users.touch(userIds);
  }

  /** They closed what they had open. */
  async left(userIds: string[]): Promise<void> {
    await this.presence.leave(userIds);
  }
}
