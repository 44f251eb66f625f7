import { Injectable } from '@nestjs/common';
import { InvalidCredentials, TokenInvalid, type Call, type SignedIn } from '#contracts';
import { Clients } from '../clients/clients.service.js';
import { TokenIssuer } from '../sessions/token-issuer.service.js';
import { UsersRepository } from '../users/users.repository.js';
import { hashInterimToken } from './interim-token.rules.js';
import { MfaChallengesRepository, type PendingSignIn } from './mfa-challenges.repository.js';
import { MFA } from './sufficient.rules.js';

/** A second factor that was right, to be used up in the transaction of the sign-in. */
export interface SecondFactor {
  /** What it adds to `amr`. */
  amr: string[];
  /** @throws Refusal when it was used meanwhile */
  use: () => Promise<void>;
}

/** Sign-ins that wait for their second factor. */
@Injectable()
export class PendingSignIns {
  constructor(
    private readonly challenges: MfaChallengesRepository,
    private readonly users: UsersRepository,
    private readonly clients: Clients,
    private readonly issuer: TokenIssuer,
  ) {}

  /** @throws Refusal `token_invalid` */
  async find(mfaToken: string): Promise<PendingSignIn> {
    const pending = await this.challenges.find(hashInterimToken(mfaToken));
    if (!pending) throw TokenInvalid.with('Sign in again: the token for the second step is used up or too old.');
    return pending;
  }

  /**
   * The token and the factor are used up and the session opened together.
   * @throws Refusal `token_invalid`, `invalid_credentials`
   */
  async complete(mfaToken: string, factor: SecondFactor, { origin }: Call): Promise<SignedIn> {
    const pending = await this.find(mfaToken);
    const user = await this.users.find(pending.user_id);
    if (!user) throw InvalidCredentials.with();
    const { client_id, grant_name: grant, device_id, scopes, credential_version } = pending;
    const proofs = {
      user: { ...user, credential_version: credential_version ?? undefined },
      ...{ policy: this.clients.policyOf(client_id), grant, origin },
      amr: [...pending.amr, ...factor.amr, MFA],
      device_id: device_id ?? undefined,
      scopes: scopes ?? undefined,
    };
    return this.issuer.issueTokens(proofs, async () => {
      if (!(await this.challenges.consume(hashInterimToken(mfaToken)))) throw TokenInvalid.with();
      await factor.use();
    });
  }
}
