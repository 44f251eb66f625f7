import { Injectable } from '@nestjs/common';
import {
  InvalidCredentials,
  PasskeyRefused,
  type Call,
  type FinishPasskeySecondFactorRequest,
  type FinishPasskeySignInRequest,
  type PasskeyCeremony,
  type SignedIn,
} from '#contracts';
import { assertGrant, Clients } from '../clients/clients.service.js';
import { PendingSignIns } from '../mfa/pending-sign-ins.service.js';
import { MFA } from '../mfa/sufficient.rules.js';
import { TokenIssuer } from '../sessions/token-issuer.service.js';
import { UsersRepository } from '../users/users.repository.js';
import { PasskeyAnswers, type ShownPasskey } from './passkey-answers.service.js';

/** Signs in with passkeys: alone, or as the second factor. */
@Injectable()
export class PasskeySignIn {
  constructor(
    private readonly answers: PasskeyAnswers,
    private readonly pending: PendingSignIns,
    private readonly users: UsersRepository,
    private readonly clients: Clients,
    private readonly issuer: TokenIssuer,
  ) {}

  async begin(clientId: string | undefined): Promise<PasskeyCeremony> {
    const policy = this.clients.policyOf(clientId);
    assertGrant(policy, 'password');
    return this.answers.ask('sign_in', policy.client_id);
  }

  /** The person was verified by the authenticator, which itself is something that they have: two factors. */
  async finish(input: FinishPasskeySignInRequest, { origin }: Call): Promise<SignedIn> {
    const policy = this.clients.policyOf(input.client_id);
    const shown = await this.answers.look('sign_in', policy.client_id, input);
    const user = await this.users.find(shown.user_id);
    // An admin's account is entered with the admin's credentials and nothing else.
    if (!user || (await this.users.hasAdminCredentials(user.id))) throw InvalidCredentials.with();
    const proofs = { user, policy, grant: 'password' as const, amr: [...shown.amr, MFA], origin };
    return this.issuer.issueTokens(proofs, () => use(shown));
  }

  async beginSecond(mfaToken: string): Promise<PasskeyCeremony> {
    const { user_id } = await this.pending.find(mfaToken);
    return this.answers.ask('second_factor', user_id, user_id);
  }

  async finishSecond({ mfa_token, ...answer }: FinishPasskeySecondFactorRequest, call: Call): Promise<SignedIn> {
    const { user_id } = await this.pending.find(mfa_token);
    const shown = await this.answers.look('second_factor', user_id, answer);
    if (shown.user_id !== user_id) throw PasskeyRefused.with();
    return this.pending.complete(mfa_token, { amr: shown.amr, use: () => use(shown) }, call);
  }
}

async function use(shown: ShownPasskey): Promise<void> {
  if (!(await shown.use())) throw PasskeyRefused.with();
}
