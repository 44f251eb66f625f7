import type { Feature } from '../feature.js';
import { IdentityConfig } from '../identity.config.js';
import { BreachCheck } from './breach-check.service.js';
import { ChangedPasswords } from './changed-passwords.service.js';
import { HashQueue } from './hash-queue.service.js';
import { NewPasswords } from './new-passwords.service.js';
import { PasswordChange } from './password-change.service.js';
import { PasswordConfirmation } from './password-confirmation.service.js';
import { PasswordHoldersRepository } from './password-holders.repository.js';
import { PasswordOrFreshSignIn } from './password-or-fresh-sign-in.service.js';
import { PasswordsController } from './passwords.controller.js';
import { Passwords } from './passwords.service.js';

export const passwords: Feature = {
  controllers: [PasswordsController],
  providers: [
    BreachCheck,
    ChangedPasswords,
    NewPasswords,
    PasswordChange,
    PasswordConfirmation,
    PasswordHoldersRepository,
    PasswordOrFreshSignIn,
    Passwords,
    {
      provide: HashQueue,
      inject: [IdentityConfig],
      useFactory: (config: IdentityConfig) => new HashQueue({ capacity: config.argon2Queue }),
    },
  ],
};
