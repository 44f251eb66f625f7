import { Injectable } from '@nestjs/common';
import { InvalidCredentials, TokenInvalid, type Call, type LoginMfaRequest, type SignedIn } from '#contracts';
import { Clients } from '../clients/clients.service.js';
import { TokenIssuer } from '../sessions/token-issuer.service.js';
import { UsersRepository } from '../users/users.repository.js';
import { hashInterimToken } from './interim-token.rules.js';
import { MfaChallengesRepository } from './mfa-challenges.repository.js';
import { MFA } from './second-factors.service.js';
import { ShownFactors } from './shown-factors.service.js';

/** Ends sign-ins that asked for a second factor. */
@Injectable()
export class LoginMfa {
  constructor(
    private readonly challenges: MfaChallengesRepository,
    private readonly shown: ShownFactors,
    private readonly users: UsersRepository,
    private readonly clients: Clients,
    private readonly issuer: TokenIssuer,
  ) {}

  /**
   * A wrong code leaves the token as it is. A right one, the token and the session are used up and opened together.
   * @throws Refusal `token_invalid`, `mfa_code_invalid`, `rate_limited`, `invalid_credentials`
   */
  async complete({ mfa_token, code }: LoginMfaRequest, { origin }: Call): Promise<SignedIn> {
    const hash = hashInterimToken(mfa_token);
    const pending = await this.challenges.find(hash);
    if (!pending) throw TokenInvalid.with('Sign in again: the token for the second step is used up or too old.');
    const shown = await this.shown.look(pending.user_id, code);
    const user = await this.users.find(pending.user_id);
    if (!user) throw InvalidCredentials.with();
    const { client_id, grant_name: grant, device_id, scopes } = pending;
    const proofs = {
      ...{ user, policy: this.clients.policyOf(client_id), grant, origin },
      amr: [...pending.amr, shown.amr, MFA],
      device_id: device_id ?? undefined,
      scopes: scopes ?? undefined,
    };
    return this.issuer.issueTokens(proofs, async () => {
      if (!(await this.challenges.consume(hash))) throw TokenInvalid.with();
      await this.shown.use(shown);
    });
  }
}
