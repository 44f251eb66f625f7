import { Injectable } from '@nestjs/common';
import type { Call, ClientPolicy, Registered, RegisterUserRequest } from '#contracts';
import { newId } from '#persistence';
import { assertGrant, Clients } from '../clients/clients.service.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import { TokenIssuer } from '../sessions/token-issuer.service.js';
import { NewAccounts } from './new-accounts.service.js';
import { RegistrationRequests } from './registration-requests.service.js';

/** Registration: an account and its first session, or first the proof of its address. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly clients: Clients,
    private readonly accounts: NewAccounts,
    private readonly requests: RegistrationRequests,
    private readonly passwords: NewPasswords,
    private readonly issuer: TokenIssuer,
  ) {}

  /**
   * As the client's policy says: `immediate` makes an account, signs it in and has its address verified by mail;
   * `verify_first` answers every address alike, and makes the account when its address is proven.
   * @throws Refusal `password_too_weak`, `email_taken` (`immediate` only), `username_taken`, `unknown_client`,
   *   `grant_not_allowed`, `overloaded`
   */
  async register(input: RegisterUserRequest, call: Call): Promise<Registered> {
    const policy = this.clients.policyOf(input.client_id);
    assertGrant(policy, 'password');
    const wanted = { ...input, username: input.username.normalize('NFKC') };
    const { email, username, password } = wanted;
    await this.passwords.assertStrong(password, [username, email.split('@')[0]!, email]);
    return policy.registration === 'verify_first'
      ? this.verifyFirst(wanted, policy, call)
      : this.immediate(wanted, policy, call);
  }

  private async immediate(
    { email, username, password }: RegisterUserRequest,
    policy: ClientPolicy,
    { origin, deadline }: Call,
  ): Promise<Registered> {
    // Before the hash, which is dear; the unique indexes decide.
    await this.accounts.assertFree(email, username);
    const id = newId();
    const password_hash = await this.passwords.hash(password, deadline);
    const user = { id, roles: [], entitlement_version: 0 };
    return this.issuer.issueTokens({ user, policy, grant: 'password', amr: ['pwd'], origin }, () =>
      this.accounts.make({ id, email, username, password_hash }, policy.client_id),
    );
  }

  /** Nothing here looks at the address: the same work and the same time, whoever it belongs to (R-EN1, R-EN2). */
  private async verifyFirst(
    { email, username, password }: RegisterUserRequest,
    { client_id }: ClientPolicy,
    { deadline }: Call,
  ): Promise<Registered> {
    await this.accounts.assertFreeName(username);
    const password_hash = await this.passwords.hash(password, deadline);
    await this.requests.add({ email, username, password_hash, client_id });
    return { verification_required: true };
  }
}
