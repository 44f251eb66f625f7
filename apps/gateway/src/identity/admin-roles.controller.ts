import { Controller, Delete, Get, HttpCode, Put } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  AddRole,
  Empty,
  ListRoles,
  ManagedUser,
  RemoveRole,
  RoleOfUserRequest,
  SetRoles,
  SetRolesRequest,
  type RoleList,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { AdminService } from './admin.service.js';

const docs = { tag: 'Admin: roles' };
const answered = { docs: { ...docs, answer: ManagedUser } };

@Controller('v1/admin')
export class AdminRolesController {
  constructor(
    private readonly bus: Bus,
    private readonly admin: AdminService,
  ) {}

  @Get('roles')
  @Serves(ListRoles, { docs })
  list(@Input() input: Empty, @Ask() ask: SendAs): Promise<RoleList> {
    return this.bus.send(ListRoles, input, ask);
  }

  @Put('users/:user_id/roles')
  @HttpCode(200)
  @Serves(SetRoles, answered)
  set(@Input() input: SetRolesRequest, @Ask() ask: SendAs): Promise<ManagedUser> {
    return this.admin.change(SetRoles, input, ask);
  }

  @Put('users/:user_id/roles/:role')
  @HttpCode(200)
  @Serves(AddRole, answered)
  add(@Input() input: RoleOfUserRequest, @Ask() ask: SendAs): Promise<ManagedUser> {
    return this.admin.change(AddRole, input, ask);
  }

  @Delete('users/:user_id/roles/:role')
  @HttpCode(200)
  @Serves(RemoveRole, answered)
  remove(@Input() input: RoleOfUserRequest, @Ask() ask: SendAs): Promise<ManagedUser> {
    return this.admin.change(RemoveRole, input, ask);
  }
}
