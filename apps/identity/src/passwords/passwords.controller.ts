import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { ChangePassword, type Call, type ChangePasswordRequest, type EndedSessions } from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { PasswordChange } from './password-change.service.js';

@Controller()
export class PasswordsController {
  constructor(private readonly passwords: PasswordChange) {}

  /** Opens its transaction itself: a wrong password stays counted, and no connection waits for a hash. */
  @Handles(ChangePassword, { transaction: false })
  async change(input: ChangePasswordRequest, { actor, deadline }: Call): Promise<EndedSessions> {
    return this.passwords.change(personOf(actor), input, deadline);
  }
}
