import type { Feature } from '../feature.js';
import { IdentityConfig } from '../identity.config.js';
import { HashQueue } from './hash-queue.service.js';
import { NewPasswords } from './new-passwords.service.js';
import { Passwords } from './passwords.service.js';

export const passwords: Feature = {
  providers: [
    NewPasswords,
    Passwords,
    {
      provide: HashQueue,
      inject: [IdentityConfig],
      useFactory: (config: IdentityConfig) => new HashQueue({ capacity: config.argon2Queue }),
    },
  ],
};
