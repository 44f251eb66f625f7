import { Injectable } from '@nestjs/common';
import {
  InvalidToken,
  MfaDisabled,
  MfaNotEnabled,
  RecoveryCodesRenewed,
  type MfaStatus,
  type RecoveryCodes,
  type UserActor,
} from '#contracts';
import { Transactions } from '#persistence';
import { PasswordConfirmation } from '../passwords/password-confirmation.service.js';
import { FactorChanges } from './factor-changes.service.js';
import { MfaParts } from './mfa-parts.js';
import { SecondFactorKindsRepository } from './second-factor-kinds.repository.js';

/** What a person does with the own second factor once it is on. */
@Injectable()
export class MfaSettings {
  constructor(
    private readonly tx: Transactions,
    private readonly parts: MfaParts,
    private readonly kinds: SecondFactorKindsRepository,
    private readonly confirmation: PasswordConfirmation,
    private readonly changes: FactorChanges,
  ) {}

  async status({ user_id, session_id }: UserActor): Promise<MfaStatus> {
    if (!(await this.parts.users.findBySession(user_id, session_id))) throw InvalidToken.with();
    const enabled_at = (await this.parts.factors.find(user_id))?.enabled_at ?? null;
    return {
      enabled: enabled_at !== null,
      enabled_at: enabled_at?.toISOString() ?? null,
      methods: await this.kinds.of(user_id),
      recovery_codes_left: await this.parts.recovery.left(user_id),
    };
  }

  /** @throws Refusal `invalid_credentials`, `mfa_not_enabled`, `rate_limited` */
  async disable(actor: UserActor, password: string, deadline: number): Promise<void> {
    await this.confirmation.confirm(actor, password, deadline);
    await this.tx.run(async () => {
      if (!(await this.parts.factors.remove(actor.user_id))) throw MfaNotEnabled.with();
      await this.changes.tell(actor, MfaDisabled, 'mfa_disabled');
    });
  }

  /** @throws Refusal `invalid_credentials`, `mfa_not_enabled`, `rate_limited` */
  async renewCodes(actor: UserActor, password: string, deadline: number): Promise<RecoveryCodes> {
    await this.confirmation.confirm(actor, password, deadline);
    if (!(await this.parts.factors.find(actor.user_id))?.enabled_at) throw MfaNotEnabled.with();
    return this.tx.run(async () => {
      await this.changes.tell(actor, RecoveryCodesRenewed, 'recovery_codes_renewed');
      return this.parts.recovery.renew(actor.user_id);
    });
  }
}
