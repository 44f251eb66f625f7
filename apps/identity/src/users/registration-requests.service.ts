import { Injectable } from '@nestjs/common';
import { RegistrationRequested } from '#contracts';
import { newId, Outbox, Transactions } from '#persistence';
import { hashMailToken, MAIL_TOKEN_LIFE, writeMailToken } from '../email/mail-token.rules.js';
import { RegistrationsRepository, type NewRegistration } from '../email/registrations.repository.js';
import { MacKeys } from '../keys/mac-keys.service.js';

const KIND = 'confirm_registration';

/** Takes registrations whose address is to be proven first. What comes of them comes later. */
@Injectable()
export class RegistrationRequests {
  constructor(
    private readonly tx: Transactions,
    private readonly registrations: RegistrationsRepository,
    private readonly keys: MacKeys,
    private readonly outbox: Outbox,
  ) {}

  /** Writes one row and one event, whatever the address. */
  async add(wanted: Pick<NewRegistration, 'email' | 'username' | 'password_hash' | 'client_id'>): Promise<void> {
    const id = newId();
    const token_hash = hashMailToken(writeMailToken(this.keys.mail, KIND, id));
    const expires_at = new Date(Date.now() + MAIL_TOKEN_LIFE[KIND]);
    await this.tx.run(async () => {
      await this.registrations.add({ ...wanted, id, token_hash, expires_at });
      await this.outbox.append(RegistrationRequested, { registration_id: id }, { key: id });
    });
  }
}
