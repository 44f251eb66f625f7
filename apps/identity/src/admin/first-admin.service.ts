import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { newId, Transactions } from '#persistence';
import { UsersRepository } from '../users/users.repository.js';
import { ADMIN_ROLE } from '../users/website-user.entity.js';
import { AdminCredentialsRepository } from './admin-credentials.repository.js';

/** The account of the first admin. */
@Injectable()
export class FirstAdmin {
  constructor(
    private readonly tx: Transactions,
    private readonly admins: AdminCredentialsRepository,
    private readonly users: UsersRepository,
    private readonly log: Log,
  ) {}

  exists(): Promise<boolean> {
    return this.admins.exist();
  }

  /** Makes it unless there is one by now. @returns false when the name is an account's already */
  async make(username: string, hash: string): Promise<boolean> {
    return this.tx.run(async () => {
      await this.admins.lockBootstrap();
      if (await this.admins.exist()) return true;
      const id = newId();
      const user = { id, email: null, username, password_hash: null, roles: [ADMIN_ROLE] };
      if (!(await this.users.insert(user))) return false;
      await this.admins.insert(id, username, hash);
      this.log.info('the first admin was made', { user_id: id });
      return true;
    });
  }
}
