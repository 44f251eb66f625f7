import { Injectable } from '@nestjs/common';
import { InvalidToken, NotFound, type Contact, type ResolvedOwner, type User, type UserActor } from '#contracts';
import { LastSeen } from './last-seen.service.js';
import { UsersRepository } from './users.repository.js';
import { viewOf } from './website-user.entity.js';

/** Reads accounts for their persons and for other services. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly lastSeen: LastSeen,
  ) {}

  /** @throws Refusal `invalid_token` once the session has ended or the account is suspended or deleted (E-guard) */
  async me(actor: UserActor): Promise<User> {
    const row = await this.users.findBySession(actor.user_id, actor.session_id);
    if (!row) throw InvalidToken.with();
    // Staff that looks at the account is not its person being here.
    if (actor.impersonator_id !== undefined) return { ...viewOf(row), impersonated: true };
    if (row.unseen) this.lastSeen.note(row.id);
    return viewOf(row);
  }

  /** @throws Refusal `not_found` */
  async contact(userId: string): Promise<Contact> {
    const user = await this.users.find(userId);
    if (!user) throw NotFound.with();
    return { user_id: user.id, email: user.email, username: user.username, display_name: user.display_name };
  }

  /** Only a proven address makes an owner: whoever merely typed it gets nothing that was sold to it. */
  async resolveOwner(email: string): Promise<ResolvedOwner> {
    const user = await this.users.findByEmail(email);
    return { user_id: user?.email_verified_at ? user.id : null };
  }
}
