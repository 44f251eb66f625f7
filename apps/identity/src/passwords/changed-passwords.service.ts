import { Injectable } from '@nestjs/common';
import { PasswordChanged, type UserActor } from '#contracts';
import { Outbox } from '#persistence';
import { SecurityNotices } from '../email/security-notices.service.js';
import { AccountSweep } from '../recovery/account-sweep.service.js';

/** What a change of password brings with it. */
@Injectable()
export class ChangedPasswords {
  constructor(
    private readonly sweep: AccountSweep,
    private readonly notices: SecurityNotices,
    private readonly outbox: Outbox,
  ) {}

  /** Within the transaction that has replaced the hash. @returns the sessions that have ended: all but the caller's */
  async begin({ user_id, session_id }: UserActor): Promise<string[]> {
    const ended = await this.sweep.endSessions(user_id, 'password_changed', session_id);
    await this.sweep.voidLinks(user_id);
    await this.outbox.append(PasswordChanged, { user_id, by: 'change' }, { key: user_id });
    await this.notices.send({ user_id, notice: 'password_changed', session_id });
    return ended;
  }
}
