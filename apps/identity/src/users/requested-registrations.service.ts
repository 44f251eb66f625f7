import { Injectable } from '@nestjs/common';
import { MailRequested } from '#contracts';
import { Outbox } from '#persistence';
import { AccountMails, MAILS_PER_HOUR } from '../email/account-mails.service.js';
import { RegistrationsRepository } from '../email/registrations.repository.js';
import { UsersRepository } from './users.repository.js';

/** Looks, after the answer was given, whose address it is that somebody wants to register (R-EN3, R-EN4). */
@Injectable()
export class RequestedRegistrations {
  constructor(
    private readonly registrations: RegistrationsRepository,
    private readonly users: UsersRepository,
    private readonly mails: AccountMails,
    private readonly outbox: Outbox,
  ) {}

  /** A new address gets the link that makes the account; a known one hears that it has an account already. */
  async answer(id: string): Promise<void> {
    const wanted = await this.registrations.findOpen(id);
    if (!wanted) return;
    const tries = await this.registrations.supersede(wanted);
    const { email: known } = await this.users.taken(wanted.email, '');
    if (known || tries > MAILS_PER_HOUR) await this.registrations.void(id);
    if (known) return this.tellOwner(wanted.email);
    if (tries > MAILS_PER_HOUR) return;
    const data = { token_id: id, user_id: id, template: 'confirm_registration' as const };
    await this.outbox.append(MailRequested, data, { key: id });
  }

  private async tellOwner(email: string): Promise<void> {
    const owner = await this.users.findByEmail(email);
    if (!owner?.email || (await this.mails.isFull(owner.id, 'account_exists'))) return;
    await this.mails.send({ kind: 'account_exists', user_id: owner.id, email: owner.email });
  }
}
