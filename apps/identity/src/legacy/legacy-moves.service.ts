import { Injectable } from '@nestjs/common';
import { PasswordChanged } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { UsersRepository } from '../users/users.repository.js';
import { BridgeService } from './bridge.service.js';
import { LegacyPasswordsRepository, type WaitingAccount } from './legacy-passwords.repository.js';

/** Moves passwords of the old system to the accounts that stand for its accounts now. */
@Injectable()
export class LegacyMoves {
  constructor(
    private readonly tx: Transactions,
    private readonly waiting: LegacyPasswordsRepository,
    private readonly users: UsersRepository,
    private readonly bridge: BridgeService,
    private readonly outbox: Outbox,
  ) {}

  /**
   * An account that is there already and was never bridged stays as it is: that somebody knows an old password for its
   * address does not prove that the address is theirs.
   * @returns whether the account has this password now
   */
  move(account: WaitingAccount, newHash: string): Promise<boolean> {
    return this.tx.run(async () => {
      const { id, email, website_user_id } = account;
      if (!website_user_id && email !== null && (await this.users.taken(email, '')).email) return false;
      const { user_id } = await this.bridge.bridge({ sub: id });
      if (!(await this.waiting.mayMove(id, user_id))) return false;
      if (!(await this.waiting.move(id, user_id, newHash))) return false;
      await this.outbox.append(PasswordChanged, { user_id, by: 'import' }, { key: user_id });
      return true;
    });
  }
}
