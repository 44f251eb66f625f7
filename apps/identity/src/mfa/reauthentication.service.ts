import { Injectable } from '@nestjs/common';
import {
  InvalidToken,
  ValidationFailed,
  type Call,
  type ReauthenticateRequest,
  type SignedIn,
  type UserActor,
} from '#contracts';
import { Clients } from '../clients/clients.service.js';
import { AccountSweep } from '../recovery/account-sweep.service.js';
import { TokenIssuer } from '../sessions/token-issuer.service.js';
import { MFA } from './sufficient.rules.js';
import { ShownFactors, type ShownFactor } from './shown-factors.service.js';
import { StepUpParts } from './step-up-parts.js';

const nothingShown = () =>
  ValidationFailed.with({
    detail: 'Give password, or the code of a second factor, or both.',
    errors: [{ field: 'password', code: 'required', detail: 'Give password, or code.' }],
  });

/** Step-up: the person shows a credential again and goes on in a fresh session (RFC 9470, R-SE2). */
@Injectable()
export class Reauthentication {
  constructor(
    private readonly parts: StepUpParts,
    private readonly clients: Clients,
    private readonly shown: ShownFactors,
    private readonly sweep: AccountSweep,
    private readonly issuer: TokenIssuer,
  ) {}

  /**
   * The present session ends with the beginning of the new one. What it had proven beyond passwords is kept: a session
   * with two factors stays one with two.
   * @throws Refusal `validation_failed`, `invalid_token`, `invalid_credentials`, `mfa_code_invalid`, `rate_limited`
   */
  async step(actor: UserActor, { password, code }: ReauthenticateRequest, call: Call): Promise<SignedIn> {
    if (password === undefined && code === undefined) throw nothingShown();
    const user =
      (await this.parts.users.findBySession(actor.user_id, actor.session_id)) &&
      (await this.parts.users.find(actor.user_id));
    if (!user) throw InvalidToken.with();
    if (password !== undefined) await this.parts.confirmation.confirm(actor, password, call.deadline);
    const factor = code === undefined ? undefined : await this.shown.look(user.id, code);
    const proofs = {
      ...{ user, policy: this.clients.policyOf(actor.client_id), grant: 'refresh' as const, origin: call.origin },
      amr: amrOf(actor, password !== undefined, factor),
    };
    return this.issuer.issueTokens(proofs, async () => {
      if (factor) await this.shown.use(factor);
      const ended = await this.sweep.endSession(user.id, actor.session_id, 'user_revoked');
      if (!ended.length) throw InvalidToken.with();
    });
  }
}

function amrOf(actor: UserActor, byPassword: boolean, factor: ShownFactor | undefined): string[] {
  const now = [...(byPassword ? ['pwd'] : []), ...(factor ? [factor.amr, MFA] : [])];
  return [...new Set([...actor.amr, ...now])];
}
