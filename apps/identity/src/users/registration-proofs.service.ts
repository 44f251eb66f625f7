import { Injectable } from '@nestjs/common';
import { TokenInvalid, type User } from '#contracts';
import { AddressProofs } from '../email/address-proofs.service.js';
import { hashMailToken, readMailToken } from '../email/mail-token.rules.js';
import { RegistrationsRepository, type Registration } from '../email/registrations.repository.js';
import { MacKeys } from '../keys/mac-keys.service.js';
import { unlikelyName } from './names.rules.js';
import { NewAccounts } from './new-accounts.service.js';
import { UsersRepository } from './users.repository.js';
import { viewOf } from './website-user.entity.js';

const KIND = 'confirm_registration';

/** Makes accounts of registrations whose address was proven. */
@Injectable()
export class RegistrationProofs {
  constructor(
    private readonly registrations: RegistrationsRepository,
    private readonly users: UsersRepository,
    private readonly accounts: NewAccounts,
    private readonly proofs: AddressProofs,
    private readonly keys: MacKeys,
  ) {}

  /**
   * Within the open transaction. Signs nobody in: whoever has the password can do that now. The same answer for the
   * same token as long as it would have lived. @throws Refusal `token_invalid`, also when the address is taken by now
   */
  async confirm(token: string): Promise<User> {
    const id = readMailToken(this.keys.mail, KIND, token);
    if (id === undefined) throw TokenInvalid.with();
    const proven = await this.registrations.consume(id, hashMailToken(token));
    if (proven) await this.make(proven);
    else await this.assertConfirmed(id);
    const user = await this.users.find(id);
    if (!user) throw TokenInvalid.with();
    return viewOf(user);
  }

  private async make({ id, email, username, password_hash, client_id }: Registration): Promise<void> {
    const user = { id, email, username, password_hash };
    // Names are not kept for registrations, or they would tell who has registered; a taken one gets an ending.
    const made =
      (await this.users.insert(user)) || (await this.users.insert({ ...user, username: unlikelyName(username, id) }));
    if (!made) throw TokenInvalid.with();
    await this.accounts.tell(id, client_id);
    await this.proofs.note(id, email);
  }

  private async assertConfirmed(id: string): Promise<void> {
    const known = await this.registrations.find(id);
    if (!known?.consumed_at || known.expires_at < new Date()) throw TokenInvalid.with();
  }
}
