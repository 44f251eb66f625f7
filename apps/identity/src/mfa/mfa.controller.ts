import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  DisableMfa,
  LoginMfa as LoginMfaCommand,
  ReadMfa,
  Reauthenticate,
  RenewRecoveryCodes,
  SetupMfa,
  VerifyMfa,
  type Call,
  type Empty,
  type LoginMfaRequest,
  type MfaSetup,
  type MfaStatus,
  type PasswordAgain,
  type ReauthenticateRequest,
  type RecoveryCodes,
  type SignedIn,
  type VerifyMfaRequest,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { Enrolment } from './enrolment.service.js';
import { LoginMfa } from './login-mfa.service.js';
import { MfaSettings } from './mfa-settings.service.js';
import { Reauthentication } from './reauthentication.service.js';

/** Every handler opens its transaction itself: wrong guesses stay counted, and nobody waits for secrets in one. */
@Controller()
export class MfaController {
  constructor(
    private readonly logins: LoginMfa,
    private readonly stepUp: Reauthentication,
    private readonly enrolment: Enrolment,
    private readonly settings: MfaSettings,
  ) {}

  @Handles(LoginMfaCommand, { transaction: false })
  login(input: LoginMfaRequest, call: Call): Promise<SignedIn> {
    return this.logins.complete(input, call);
  }

  @Handles(Reauthenticate, { transaction: false })
  async reauthenticate(input: ReauthenticateRequest, call: Call): Promise<SignedIn> {
    return this.stepUp.step(personOf(call.actor), input, call);
  }

  @Handles(ReadMfa, { transaction: false })
  async read(_input: Empty, { actor }: Call): Promise<MfaStatus> {
    return this.settings.status(personOf(actor));
  }

  @Handles(SetupMfa, { transaction: false })
  async setUp(_input: Empty, { actor }: Call): Promise<MfaSetup> {
    return this.enrolment.setUp(personOf(actor));
  }

  @Handles(VerifyMfa, { transaction: false })
  async verify({ code }: VerifyMfaRequest, { actor }: Call): Promise<RecoveryCodes> {
    return this.enrolment.verify(personOf(actor), code);
  }

  @Handles(DisableMfa, { transaction: false })
  async disable({ password }: PasswordAgain, { actor, deadline }: Call): Promise<Empty> {
    await this.settings.disable(personOf(actor), password, deadline);
    return {};
  }

  @Handles(RenewRecoveryCodes, { transaction: false })
  async renewCodes({ password }: PasswordAgain, { actor, deadline }: Call): Promise<RecoveryCodes> {
    return this.settings.renewCodes(personOf(actor), password, deadline);
  }
}
