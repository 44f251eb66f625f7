import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  FinishPasskeyRegistration,
  FinishPasskeySecondFactor,
  FinishPasskeySignIn,
  ListPasskeys,
  RemovePasskey,
  StartPasskeyRegistration,
  StartPasskeySecondFactor,
  StartPasskeySignIn,
  type Call,
  type Empty,
  type FinishPasskeyRegistrationRequest,
  type FinishPasskeySecondFactorRequest,
  type FinishPasskeySignInRequest,
  type Passkey,
  type PasskeyCeremony,
  type PasskeyList,
  type RemovePasskeyRequest,
  type SignedIn,
  type StartPasskeySecondFactorRequest,
  type StartPasskeySignInRequest,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { OwnPasskeys } from './own-passkeys.service.js';
import { PasskeyRegistration } from './passkey-registration.service.js';
import { PasskeySignIn } from './passkey-sign-in.service.js';

/** Ceremonies are used up whatever the answer is worth, so they open their transactions themselves. */
@Controller()
export class PasskeysController {
  constructor(
    private readonly registration: PasskeyRegistration,
    private readonly signIn: PasskeySignIn,
    private readonly own: OwnPasskeys,
  ) {}

  @Handles(StartPasskeyRegistration, { transaction: false })
  async startRegistration(_input: Empty, { actor }: Call): Promise<PasskeyCeremony> {
    return this.registration.begin(personOf(actor));
  }

  @Handles(FinishPasskeyRegistration, { transaction: false })
  async finishRegistration(input: FinishPasskeyRegistrationRequest, { actor }: Call): Promise<Passkey> {
    return this.registration.finish(personOf(actor), input);
  }

  @Handles(StartPasskeySignIn, { transaction: false })
  startSignIn({ client_id }: StartPasskeySignInRequest): Promise<PasskeyCeremony> {
    return this.signIn.begin(client_id);
  }

  @Handles(FinishPasskeySignIn, { transaction: false })
  finishSignIn(input: FinishPasskeySignInRequest, call: Call): Promise<SignedIn> {
    return this.signIn.finish(input, call);
  }

  @Handles(StartPasskeySecondFactor, { transaction: false })
  startSecondFactor({ mfa_token }: StartPasskeySecondFactorRequest): Promise<PasskeyCeremony> {
    return this.signIn.beginSecond(mfa_token);
  }

  @Handles(FinishPasskeySecondFactor, { transaction: false })
  finishSecondFactor(input: FinishPasskeySecondFactorRequest, call: Call): Promise<SignedIn> {
    return this.signIn.finishSecond(input, call);
  }

  @Handles(ListPasskeys, { transaction: false })
  async list(_input: Empty, { actor }: Call): Promise<PasskeyList> {
    return this.own.list(personOf(actor));
  }

  @Handles(RemovePasskey)
  async remove({ passkey_id }: RemovePasskeyRequest, { actor }: Call): Promise<Empty> {
    await this.own.remove(personOf(actor), passkey_id);
    return {};
  }
}
