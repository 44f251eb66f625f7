import { Injectable } from '@nestjs/common';
import { PasswordConfirmation } from '../passwords/password-confirmation.service.js';
import { UsersRepository } from '../users/users.repository.js';

/** Who a person is who shows the password again. */
@Injectable()
export class StepUpParts {
  constructor(
    readonly users: UsersRepository,
    readonly confirmation: PasswordConfirmation,
  ) {}
}
