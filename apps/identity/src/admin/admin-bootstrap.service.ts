import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log, StartProblem } from '#boot';
import { Refusal } from '#contracts';
import { newId, Transactions } from '#persistence';
import { Clients } from '../clients/clients.service.js';
import { IdentityConfig } from '../identity.config.js';
import { assertStrongPassword } from '../passwords/password.rules.js';
import { Passwords } from '../passwords/passwords.service.js';
import { UsersRepository } from '../users/users.repository.js';
import { ADMIN_ROLE } from '../users/website-user.entity.js';
import { AdminCredentialsRepository } from './admin-credentials.repository.js';

const HASH_MS = 60_000;

/** Makes the first admin from the environment, and never a second one (E-admin.bootstrap, R-AD1). */
@Injectable()
export class AdminBootstrap implements OnApplicationBootstrap {
  constructor(
    private readonly config: IdentityConfig,
    private readonly tx: Transactions,
    private readonly admins: AdminCredentialsRepository,
    private readonly users: UsersRepository,
    private readonly passwords: Passwords,
    private readonly clients: Clients,
    private readonly log: Log,
  ) {}

  /** @throws StartProblem when the password is weak or the username is a player's */
  async onApplicationBootstrap(): Promise<void> {
    const { adminUsername, adminPassword } = this.config;
    if (await this.admins.exist()) return;
    if (!adminUsername || !adminPassword) {
      this.log.warn('there is no admin; set ADMIN_USERNAME and ADMIN_PASSWORD to make the first one');
      return;
    }
    this.assertStrong(adminUsername, adminPassword);
    const hash = await this.passwords.hash(adminPassword, Date.now() + HASH_MS);
    await this.tx.run(() => this.make(adminUsername, hash));
  }

  private async make(username: string, hash: string): Promise<void> {
    await this.admins.lockBootstrap();
    if (await this.admins.exist()) return;
    const id = newId();
    if (!(await this.users.insert({ id, email: null, username, password_hash: null, roles: [ADMIN_ROLE] }))) {
      throw refused('ADMIN_USERNAME is the name of an account already', 'Choose another name.');
    }
    await this.admins.insert(id, username, hash);
    this.log.info('the first admin was made', { user_id: id });
  }

  private assertStrong(username: string, password: string): void {
    const words = [username, ...this.clients.productNames];
    try {
      assertStrongPassword(password, { minLength: this.config.passwordMinLength, words });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw refused('ADMIN_PASSWORD is too weak', error.extras.detail ?? error.title);
    }
  }
}

const refused = (why: string, fix: string): StartProblem =>
  new StartProblem({ what: 'The first admin cannot be made', why, fix });
