import { command } from '../command.js';
import { Empty } from '../empty.js';
import { NestedList, Text, TextList, Uuid } from '../fields.js';
import { Forbidden, NotFound, ValidationFailed } from '../general.errors.js';
import { LastAdmin } from './admin.errors.js';
import { CHANGE_MAX_AGE, READ_MAX_AGE } from './admin-freshness.js';
import { ChangedUser } from './admin.commands.js';

export class Role {
  @Text({ max: 32 }) name!: string;
  @Text({ max: 255 }) description!: string;
  @TextList({ description: 'Names of what its holders may do.' }) permissions!: string[];
}

export class RoleList {
  @NestedList(() => Role) roles!: Role[];
}

export const ListRoles = command('identity.role.list', {
  request: Empty,
  response: RoleList,
  permission: 'permission:roles.read',
  freshAuth: READ_MAX_AGE,
  summary: 'Every role and what its holders may do; the gateway goes by it.',
});

export class SetRolesRequest {
  @Uuid() user_id!: string;
  @TextList({ max: 32, description: 'Exactly these from now on.' }) roles!: string[];
}

export class RoleOfUserRequest {
  @Uuid() user_id!: string;
  @Text({ max: 32 }) role!: string;
}

const change = {
  response: ChangedUser,
  errors: [ValidationFailed, NotFound, Forbidden, LastAdmin],
  permission: 'permission:users.roles' as const,
  freshAuth: CHANGE_MAX_AGE,
};

export const SetRoles = command('identity.user_role.set', {
  ...change,
  request: SetRolesRequest,
  summary: 'Gives an account exactly these roles; its sessions end, for their tokens state the old ones.',
});

export const AddRole = command('identity.user_role.add', {
  ...change,
  request: RoleOfUserRequest,
  summary: 'Gives an account a role; its sessions end unless it had the role.',
});

export const RemoveRole = command('identity.user_role.remove', {
  ...change,
  request: RoleOfUserRequest,
  summary: 'Takes a role from an account; its sessions end unless it had no such role.',
});
