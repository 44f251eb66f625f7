import { Injectable } from '@nestjs/common';
import {
  generateRegistrationOptions,
  verifyRegistrationResponse,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import {
  InvalidToken,
  PasskeyAdded,
  PasskeyKnown,
  PasskeyRefused,
  TokenInvalid,
  type FinishPasskeyRegistrationRequest,
  type Passkey,
  type PasskeyCeremony,
  type UserActor,
} from '#contracts';
import { Transactions } from '#persistence';
import { UsersRepository } from '../users/users.repository.js';
import { PasskeyBooks } from './passkey-books.service.js';
import { passkeyView } from './passkey-view.rules.js';
import type { NewPasskey } from './passkeys.repository.js';
import { RelyingParty } from './relying-party.service.js';

const DEFAULT_NAME = 'Passkey';

/** Registers passkeys. */
@Injectable()
export class PasskeyRegistration {
  constructor(
    private readonly tx: Transactions,
    private readonly users: UsersRepository,
    private readonly books: PasskeyBooks,
    private readonly party: RelyingParty,
  ) {}

  async begin({ user_id, session_id }: UserActor): Promise<PasskeyCeremony> {
    const person = await this.users.findBySession(user_id, session_id);
    if (!person) throw InvalidToken.with();
    const known = await this.books.passkeys.of(user_id);
    const options = await generateRegistrationOptions({
      rpName: this.party.name,
      rpID: this.party.id,
      userID: new Uint8Array(await this.books.passkeys.handleOf(user_id)),
      userName: person.email ?? person.username,
      userDisplayName: person.display_name ?? person.username,
      attestationType: 'none',
      excludeCredentials: known.map(({ credential_id, transports }) => ({
        id: credential_id,
        transports: transports as never[],
      })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const ceremony_id = await this.books.ceremonies.open('register', options.challenge, user_id);
    return { ceremony_id, options: { ...options } };
  }

  /** @throws Refusal `token_invalid` for a ceremony that is over, `passkey_refused`, `passkey_known` */
  async finish(actor: UserActor, input: FinishPasskeyRegistrationRequest): Promise<Passkey> {
    const { user_id, session_id } = actor;
    if (!(await this.users.findBySession(user_id, session_id))) throw InvalidToken.with();
    const challenge = await this.books.ceremonies.consume(input.ceremony_id, 'register', user_id);
    if (!challenge) throw TokenInvalid.with('Begin again: this ceremony is over.');
    const passkey = await this.verified(input, challenge, user_id);
    return this.tx.run(async () => {
      const added = await this.books.passkeys.add(passkey);
      if (!added) throw PasskeyKnown.with();
      await this.books.tell(PasskeyAdded, { user_id, passkey_id: added.id }, 'passkey_added', session_id);
      return passkeyView(added);
    });
  }

  private async verified(
    { credential, name }: FinishPasskeyRegistrationRequest,
    challenge: string,
    user_id: string,
  ): Promise<NewPasskey> {
    const response = credential as unknown as RegistrationResponseJSON;
    const { registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: this.party.origins,
      expectedRPID: this.party.id,
      requireUserVerification: true,
    }).catch(() => ({ registrationInfo: undefined }));
    if (!registrationInfo) throw PasskeyRefused.with();
    const { credential: made, credentialDeviceType, credentialBackedUp } = registrationInfo;
    return {
      user_id,
      credential_id: made.id,
      public_key: Buffer.from(made.publicKey),
      sign_count: String(made.counter),
      transports: (made.transports ?? []).slice(0, 8).map((transport) => String(transport).slice(0, 32)),
      name: name ?? DEFAULT_NAME,
      single_device: credentialDeviceType === 'singleDevice',
      backed_up: credentialBackedUp,
    };
  }
}
