import { Injectable } from '@nestjs/common';
import { NoAddress, NotFound, PasswordResetTriggered, type NotedUserRequest, type UserActor } from '#contracts';
import { Recovery } from '../recovery/recovery.service.js';
import { UserManagement } from './user-management.service.js';

/** Staff may have a reset link mailed to the person, and never chooses or sees a password (R-RC10). */
@Injectable()
export class TriggeredResets {
  constructor(
    private readonly users: UserManagement,
    private readonly recovery: Recovery,
  ) {}

  /** @throws Refusal `not_found`, `forbidden`, `no_address` */
  async trigger(actor: UserActor, asked: NotedUserRequest): Promise<void> {
    const account = await this.users.touched(actor, asked.user_id, 'reset_password');
    if (account.deleted_at || !account.is_active) throw NotFound.with();
    if (account.email === null) throw NoAddress.with();
    await this.recovery.start(account.id, account.email);
    await this.users.tell(PasswordResetTriggered, asked);
  }
}
