import { Injectable } from '@nestjs/common';
import { EmailVerified } from '#contracts';
import { Outbox } from '#persistence';
import { UsersRepository } from '../users/users.repository.js';

/** Writes down that an address is its account's, once, and tells of it. */
@Injectable()
export class AddressProofs {
  constructor(
    private readonly users: UsersRepository,
    private readonly outbox: Outbox,
  ) {}

  /** @returns whether this call was the one that did it */
  async note(userId: string, email: string): Promise<boolean> {
    if (!(await this.users.verifyEmail(userId, email))) return false;
    await this.outbox.append(EmailVerified, { user_id: userId }, { key: userId });
    return true;
  }
}
