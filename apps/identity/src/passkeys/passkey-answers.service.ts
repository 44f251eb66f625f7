import { Injectable } from '@nestjs/common';
import {
  generateAuthenticationOptions,
  verifyAuthenticationResponse,
  type AuthenticationResponseJSON,
} from '@simplewebauthn/server';
import { PasskeyRefused, TokenInvalid, type PasskeyAnswer, type PasskeyCeremony } from '#contracts';
import { PasskeyBooks } from './passkey-books.service.js';
import type { CeremonyPurpose } from './passkey-ceremonies.repository.js';
import type { StoredPasskey } from './passkeys.repository.js';
import { RelyingParty } from './relying-party.service.js';

/** A passkey that was shown and verified, to be used up in the transaction of what it was shown for. */
export interface ShownPasskey {
  user_id: string;
  /** RFC 8176: a key of hardware or software, and a person who was verified by it. */
  amr: string[];
  /** @returns false when a use that was ahead of it came meanwhile */
  use: () => Promise<boolean>;
}

/** Asks for passkeys and looks at the answers. */
@Injectable()
export class PasskeyAnswers {
  constructor(
    private readonly books: PasskeyBooks,
    private readonly party: RelyingParty,
  ) {}

  /** @param userId whose passkeys are asked for; nobody's in particular when it is left out */
  async ask(purpose: CeremonyPurpose, boundTo: string, userId?: string): Promise<PasskeyCeremony> {
    const known = userId === undefined ? [] : await this.books.passkeys.of(userId);
    const options = await generateAuthenticationOptions({
      rpID: this.party.id,
      userVerification: 'required',
      allowCredentials: known.map(({ credential_id, transports }) => ({
        id: credential_id,
        transports: transports as never[],
      })),
    });
    const ceremony_id = await this.books.ceremonies.open(purpose, options.challenge, boundTo);
    return { ceremony_id, options: { ...options } };
  }

  /** @throws Refusal `token_invalid` for a ceremony that is over, `passkey_refused` */
  async look(purpose: CeremonyPurpose, boundTo: string, answer: PasskeyAnswer): Promise<ShownPasskey> {
    const challenge = await this.books.ceremonies.consume(answer.ceremony_id, purpose, boundTo);
    if (!challenge) throw TokenInvalid.with('Begin again: this ceremony is over.');
    const response = answer.credential as unknown as AuthenticationResponseJSON;
    const passkey = typeof response.id === 'string' ? await this.books.passkeys.find(response.id) : undefined;
    if (!passkey || !(await this.isOwners(passkey, response))) throw PasskeyRefused.with();
    const { newCounter, backedUp } = await this.verified(passkey, response, challenge);
    return {
      user_id: passkey.user_id,
      amr: [passkey.single_device ? 'hwk' : 'swk', 'user'],
      use: () => this.books.passkeys.markUsed(passkey.id, newCounter, backedUp),
    };
  }

  /** The handle in the answer, when there is one, names the account that the passkey was registered for. */
  private async isOwners(passkey: StoredPasskey, { response }: AuthenticationResponseJSON): Promise<boolean> {
    if (!response?.userHandle) return true;
    const handle = await this.books.passkeys.handleOf(passkey.user_id);
    return response.userHandle === handle.toString('base64url');
  }

  private async verified(passkey: StoredPasskey, response: AuthenticationResponseJSON, expectedChallenge: string) {
    const counter = Number(passkey.sign_count);
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge,
      expectedOrigin: this.party.origins,
      expectedRPID: this.party.id,
      requireUserVerification: true,
      // Compared below, where a counter that went backwards is told apart from a forgery.
      credential: { id: passkey.credential_id, publicKey: new Uint8Array(passkey.public_key), counter: 0 },
    }).catch(() => ({ verified: false, authenticationInfo: undefined }));
    if (!verified || !authenticationInfo) return this.refuse(passkey, 'not_verified');
    const { newCounter, credentialBackedUp: backedUp } = authenticationInfo;
    // A counter that stays or goes back may mean that there is a copy of the authenticator (R-WA3).
    if ((newCounter > 0 || counter > 0) && newCounter <= counter) return this.refuse(passkey, 'counter');
    return { newCounter, backedUp };
  }

  private async refuse(passkey: StoredPasskey, reason: 'not_verified' | 'counter'): Promise<never> {
    await this.books.reject(passkey, reason);
    throw PasskeyRefused.with();
  }
}
