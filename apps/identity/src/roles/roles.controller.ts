import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  AddRole,
  ListRoles,
  RemoveRole,
  SetRoles,
  type Call,
  type ChangedUser,
  type Empty,
  type EndedSessions,
  type RoleList,
  type RoleOfUserRequest,
  type SetRolesRequest,
} from '#contracts';
import { ManagedUsers } from '../admin/managed-users.queries.js';
import { personOf } from '../sessions/sessions.service.js';
import { Roles } from './roles.service.js';
import { UserRoles } from './user-roles.service.js';

@Controller()
export class RolesController {
  constructor(
    private readonly roles: Roles,
    private readonly holders: UserRoles,
    private readonly users: ManagedUsers,
  ) {}

  @Handles(ListRoles, { transaction: false })
  async list(_input: Empty): Promise<RoleList> {
    return this.roles.list();
  }

  @Handles(SetRoles)
  async set({ user_id, roles }: SetRolesRequest, call: Call): Promise<ChangedUser> {
    this.roles.assertKnown(roles, 'roles');
    return this.changed(
      user_id,
      this.holders.change(personOf(call.actor), user_id, () => roles),
    );
  }

  @Handles(AddRole)
  async add({ user_id, role }: RoleOfUserRequest, call: Call): Promise<ChangedUser> {
    this.roles.assertKnown([role], 'role');
    return this.changed(
      user_id,
      this.holders.change(personOf(call.actor), user_id, (has) => [...has, role]),
    );
  }

  /** Also of a role that there is no more. */
  @Handles(RemoveRole)
  async remove({ user_id, role }: RoleOfUserRequest, call: Call): Promise<ChangedUser> {
    return this.changed(
      user_id,
      this.holders.change(personOf(call.actor), user_id, (has) => has.filter((r) => r !== role)),
    );
  }

  private async changed(userId: string, change: Promise<EndedSessions>): Promise<ChangedUser> {
    return { ...(await change), user: await this.users.read(userId) };
  }
}
