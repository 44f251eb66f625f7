import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ReadContact,
  ReadMe,
  RegisterUser,
  ResolveOwner,
  type Call,
  type Contact,
  type Empty,
  type SignedIn,
  type ReadContactRequest,
  type RegisterUserRequest,
  type ResolvedOwner,
  type ResolveOwnerRequest,
  type User,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { RegistrationService } from './registration.service.js';
import { UsersService } from './users.service.js';

@Controller()
export class UsersController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly users: UsersService,
  ) {}

  /** Opens its transaction itself: no connection waits for a hash or a signature. */
  @Handles(RegisterUser, { transaction: false })
  register(input: RegisterUserRequest, call: Call): Promise<SignedIn> {
    return this.registration.register(input, call);
  }

  @Handles(ReadMe, { transaction: false })
  async me(_input: Empty, call: Call): Promise<User> {
    return this.users.me(personOf(call.actor));
  }

  @Handles(ReadContact, { transaction: false })
  contact(input: ReadContactRequest): Promise<Contact> {
    return this.users.contact(input.user_id);
  }

  @Handles(ResolveOwner, { transaction: false })
  resolveOwner(input: ResolveOwnerRequest): Promise<ResolvedOwner> {
    return this.users.resolveOwner(input.email);
  }
}
