import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ReadContact,
  ReadMe,
  ResolveOwner,
  type Call,
  type Contact,
  type Empty,
  type ReadContactRequest,
  type ResolvedOwner,
  type ResolveOwnerRequest,
  type User,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { UsersService } from './users.service.js';

@Controller()
export class UsersController {
  constructor(private readonly users: UsersService) {}

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
