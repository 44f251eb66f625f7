import { Injectable } from '@nestjs/common';
import { renderSVG } from 'uqr';
import {
  InvalidToken,
  MfaAlreadyEnabled,
  MfaCodeInvalid,
  MfaEnabled,
  MfaNotEnabled,
  RateLimited,
  type MfaSetup,
  type RecoveryCodes,
  type UserActor,
} from '#contracts';
import { Transactions } from '#persistence';
import { GuessBudgets } from '../guessing/guess-budgets.service.js';
import { FactorChanges } from './factor-changes.service.js';
import { MfaParts } from './mfa-parts.js';
import { otpauthUrl, toBase32 } from './totp.rules.js';

const ISSUER = 'Gatehouse';
const BUDGET = { purpose: 'authenticator setup', tries: 10, seconds: 900 };

/** Sets an authenticator up. It counts from its first right code (R-MF4). */
@Injectable()
export class Enrolment {
  constructor(
    private readonly tx: Transactions,
    private readonly parts: MfaParts,
    private readonly budgets: GuessBudgets,
    private readonly changes: FactorChanges,
  ) {}

  /** @throws Refusal `mfa_already_enabled`; `invalid_token` when the session has ended */
  async setUp(actor: UserActor): Promise<MfaSetup> {
    const person = await this.parts.users.findBySession(actor.user_id, actor.session_id);
    if (!person) throw InvalidToken.with();
    if ((await this.parts.factors.find(person.id))?.enabled_at) throw MfaAlreadyEnabled.with();
    const { secret, sealed } = await this.parts.secrets.make(person.id);
    if (!(await this.parts.factors.propose(person.id, sealed))) throw MfaAlreadyEnabled.with();
    const text = toBase32(secret);
    const otpauth_url = otpauthUrl(text, ISSUER, person.email ?? person.username);
    return { secret: text, otpauth_url, qr_svg: renderSVG(otpauth_url) };
  }

  /** @throws Refusal `mfa_not_enabled` without a setup, `mfa_already_enabled`, `mfa_code_invalid`, `rate_limited` */
  async verify(actor: UserActor, code: string): Promise<RecoveryCodes> {
    const { user_id, session_id } = actor;
    if (!(await this.parts.users.findBySession(user_id, session_id))) throw InvalidToken.with();
    const factor = await this.parts.factors.find(user_id);
    if (!factor) throw MfaNotEnabled.with('Set an authenticator up first.');
    if (factor.enabled_at) throw MfaAlreadyEnabled.with();
    const wait = await this.budgets.spend({ ...BUDGET, subject: user_id });
    if (wait) throw RateLimited.with({ detail: 'Too many wrong codes; come back later.', retry_after: wait });
    const step = await this.parts.codes.stepWith(factor, code);
    if (step === undefined) throw MfaCodeInvalid.with();
    return this.tx.run(async () => {
      if (!(await this.parts.factors.enable(factor, step))) throw MfaAlreadyEnabled.with();
      await this.budgets.restore({ ...BUDGET, subject: user_id });
      await this.changes.tell(actor, MfaEnabled, 'mfa_enabled');
      return this.parts.recovery.renew(user_id);
    });
  }
}
