import { Injectable } from '@nestjs/common';
import {
  EmailTaken,
  UsernameTaken,
  UserRegistered,
  type Call,
  type ClientPolicy,
  type IssuedTokens,
  type RegisterUserRequest,
} from '#contracts';
import { newId, Outbox } from '#persistence';
import { assertGrant, Clients } from '../clients/clients.service.js';
import { VerificationMails } from '../email/verification-mails.service.js';
import { IdentityConfig } from '../identity.config.js';
import { assertStrongPassword } from '../passwords/password.rules.js';
import { Passwords } from '../passwords/passwords.service.js';
import { TokenIssuer } from '../sessions/token-issuer.service.js';
import { UsersRepository, type NewUser } from './users.repository.js';

/** Makes accounts. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly config: IdentityConfig,
    private readonly clients: Clients,
    private readonly users: UsersRepository,
    private readonly passwords: Passwords,
    private readonly issuer: TokenIssuer,
    private readonly mails: VerificationMails,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Makes an account, signs it in and has its address verified by mail. Of two that ask at once for one address or
   * name, the unique indexes let one through.
   * @throws Refusal `password_too_weak`, `email_taken`, `username_taken`, `unknown_client`, `grant_not_allowed`, `overloaded`
   */
  async register(input: RegisterUserRequest, call: Call): Promise<IssuedTokens> {
    const policy = this.clients.policyOf(input.client_id);
    assertGrant(policy, 'password');
    const { email, password } = input;
    const username = input.username.normalize('NFKC');
    const words = [username, email.split('@')[0]!, email, ...this.clients.productNames];
    assertStrongPassword(password, { minLength: this.config.passwordMinLength, words });
    await this.assertFree(email, username);
    const password_hash = await this.passwords.hash(password, call.deadline);
    const user: NewUser = { id: newId(), email, username, password_hash };
    const proofs = { user: { id: user.id, roles: [], entitlement_version: 0 }, policy, origin: call.origin };
    return this.issuer.issueTokens({ ...proofs, grant: 'password', amr: ['pwd'] }, () => this.write(user, policy));
  }

  private async write(user: NewUser, policy: ClientPolicy): Promise<void> {
    if (!(await this.users.insert(user))) {
      await this.assertFree(user.email!, user.username);
      // The other one has gone again between the two looks.
      throw EmailTaken.with();
    }
    await this.outbox.append(UserRegistered, { user_id: user.id, client_id: policy.client_id }, { key: user.id });
    await this.mails.request(user.id, user.email!);
  }

  private async assertFree(email: string, username: string): Promise<void> {
    const taken = await this.users.taken(email, username);
    if (taken.email) throw EmailTaken.with();
    if (taken.username) throw UsernameTaken.with();
  }
}
