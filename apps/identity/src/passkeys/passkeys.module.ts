import type { Feature } from '../feature.js';
import { OwnPasskeys } from './own-passkeys.service.js';
import { PasskeyAnswers } from './passkey-answers.service.js';
import { PasskeyBooks } from './passkey-books.service.js';
import { PasskeyCeremoniesRepository } from './passkey-ceremonies.repository.js';
import { PasskeyRegistration } from './passkey-registration.service.js';
import { PasskeySignIn } from './passkey-sign-in.service.js';
import { PasskeysController } from './passkeys.controller.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { RelyingParty } from './relying-party.service.js';

export const passkeys: Feature = {
  controllers: [PasskeysController],
  providers: [
    OwnPasskeys,
    PasskeyAnswers,
    PasskeyBooks,
    PasskeyCeremoniesRepository,
    PasskeyRegistration,
    PasskeySignIn,
    PasskeysRepository,
    RelyingParty,
  ],
};
