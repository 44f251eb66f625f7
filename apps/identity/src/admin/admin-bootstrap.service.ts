import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log, StartProblem } from '#boot';
import { Refusal } from '#contracts';
import { IdentityConfig } from '../identity.config.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import { FirstAdmin } from './first-admin.service.js';

const HASH_MS = 60_000;

/** Makes the first admin from the environment, and never a second one (E-admin.bootstrap, R-AD1). */
@Injectable()
export class AdminBootstrap implements OnApplicationBootstrap {
  constructor(
    private readonly config: IdentityConfig,
    private readonly admin: FirstAdmin,
    private readonly passwords: NewPasswords,
    private readonly log: Log,
  ) {}

  /** @throws StartProblem when the password is weak or the username is a player's */
  async onApplicationBootstrap(): Promise<void> {
    const { adminUsername: username, adminPassword: password } = this.config;
    if (await this.admin.exists()) return;
    if (!username || !password) {
      this.log.warn('there is no admin; set ADMIN_USERNAME and ADMIN_PASSWORD to make the first one');
      return;
    }
    await this.assertStrong(username, password);
    const hash = await this.passwords.hash(password, Date.now() + HASH_MS);
    if (!(await this.admin.make(username, hash))) {
      throw refused('ADMIN_USERNAME is the name of an account already', 'Choose another name.');
    }
  }

  private async assertStrong(username: string, password: string): Promise<void> {
    try {
      await this.passwords.assertStrong(password, [username]);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw refused('ADMIN_PASSWORD is too weak', error.extras.detail ?? error.title);
    }
  }
}

const refused = (why: string, fix: string): StartProblem =>
  new StartProblem({ what: 'The first admin cannot be made', why, fix });
