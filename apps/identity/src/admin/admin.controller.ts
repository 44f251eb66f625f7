import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  CloseUser,
  Impersonate,
  ReadUser,
  RestoreUser,
  SearchUsers,
  SignOutUser,
  SuspendUser,
  TriggerPasswordReset,
  type Call,
  type ChangedUser,
  type Empty,
  type EndedSessions,
  type ImpersonateRequest,
  type ManagedUser,
  type NotedUserRequest,
  type SearchUsersRequest,
  type SignedIn,
  type UserPage,
  type UserRequest,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { Impersonation } from './impersonation.service.js';
import { ManagedUsers } from './managed-users.queries.js';
import { TriggeredResets } from './triggered-resets.service.js';
import { UserManagement } from './user-management.service.js';

@Controller()
export class AdminController {
  constructor(
    private readonly users: ManagedUsers,
    private readonly management: UserManagement,
    private readonly resets: TriggeredResets,
    private readonly impersonation: Impersonation,
  ) {}

  @Handles(SearchUsers, { transaction: false })
  find(input: SearchUsersRequest): Promise<UserPage> {
    return this.users.find(input);
  }

  @Handles(ReadUser, { transaction: false })
  read({ user_id }: UserRequest): Promise<ManagedUser> {
    return this.users.read(user_id);
  }

  @Handles(SuspendUser)
  async suspend(input: NotedUserRequest, call: Call): Promise<ChangedUser> {
    return this.changed(input, await this.management.suspend(personOf(call.actor), input));
  }

  @Handles(RestoreUser)
  async restore(input: NotedUserRequest, call: Call): Promise<ChangedUser> {
    await this.management.restore(personOf(call.actor), input);
    return this.changed(input, { session_ids: [] });
  }

  @Handles(CloseUser)
  async close(input: NotedUserRequest, call: Call): Promise<ChangedUser> {
    return this.changed(input, await this.management.close(personOf(call.actor), input));
  }

  @Handles(SignOutUser)
  async signOut(input: NotedUserRequest, call: Call): Promise<ChangedUser> {
    return this.changed(input, await this.management.signOut(personOf(call.actor), input));
  }

  @Handles(TriggerPasswordReset)
  async resetPassword(input: NotedUserRequest, call: Call): Promise<Empty> {
    await this.resets.trigger(personOf(call.actor), input);
    return {};
  }

  /** Opens its transactions itself: no connection waits for a signature. */
  @Handles(Impersonate, { transaction: false })
  async impersonate(input: ImpersonateRequest, call: Call): Promise<SignedIn> {
    return this.impersonation.start(personOf(call.actor), input, call);
  }

  private async changed({ user_id }: NotedUserRequest, ended: EndedSessions): Promise<ChangedUser> {
    return { ...ended, user: await this.users.read(user_id) };
  }
}
