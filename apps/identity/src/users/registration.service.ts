import { Injectable } from '@nestjs/common';
import type { Call, SignedIn, RegisterUserRequest } from '#contracts';
import { newId } from '#persistence';
import { assertGrant, Clients } from '../clients/clients.service.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import { TokenIssuer } from '../sessions/token-issuer.service.js';
import { NewAccounts } from './new-accounts.service.js';

/** Registration: an account and its first session. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly clients: Clients,
    private readonly accounts: NewAccounts,
    private readonly passwords: NewPasswords,
    private readonly issuer: TokenIssuer,
  ) {}

  /**
   * Makes an account, signs it in and has its address verified by mail.
   * @throws Refusal `password_too_weak`, `email_taken`, `username_taken`, `unknown_client`, `grant_not_allowed`, `overloaded`
   */
  async register(input: RegisterUserRequest, { origin, deadline }: Call): Promise<SignedIn> {
    const policy = this.clients.policyOf(input.client_id);
    assertGrant(policy, 'password');
    const { email, password } = input;
    const username = input.username.normalize('NFKC');
    this.passwords.assertStrong(password, [username, email.split('@')[0]!, email]);
    // Before the hash, which is dear; the unique indexes decide.
    await this.accounts.assertFree(email, username);
    const id = newId();
    const password_hash = await this.passwords.hash(password, deadline);
    const user = { id, roles: [], entitlement_version: 0 };
    return this.issuer.issueTokens({ user, policy, grant: 'password', amr: ['pwd'], origin }, () =>
      this.accounts.make({ id, email, username, password_hash }, policy.client_id),
    );
  }
}
