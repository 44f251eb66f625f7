import { Injectable } from '@nestjs/common';
import type { Call, LoginMfaRequest, SignedIn } from '#contracts';
import { PendingSignIns } from './pending-sign-ins.service.js';
import { ShownFactors } from './shown-factors.service.js';

/** Ends sign-ins that asked for a second factor, with a code. */
@Injectable()
export class LoginMfa {
  constructor(
    private readonly pending: PendingSignIns,
    private readonly shown: ShownFactors,
  ) {}

  /**
   * A wrong code leaves the token as it is.
   * @throws Refusal `token_invalid`, `mfa_code_invalid`, `rate_limited`, `invalid_credentials`
   */
  async complete({ mfa_token, code }: LoginMfaRequest, call: Call): Promise<SignedIn> {
    const { user_id } = await this.pending.find(mfa_token);
    const shown = await this.shown.look(user_id, code);
    return this.pending.complete(mfa_token, { amr: [shown.amr], use: () => this.shown.use(shown) }, call);
  }
}
