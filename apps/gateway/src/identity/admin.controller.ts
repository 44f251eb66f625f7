import { Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  CloseUser,
  Empty,
  Impersonate,
  ImpersonateRequest,
  ManagedUser,
  NotedUserRequest,
  ReadUser,
  RestoreUser,
  SearchUsers,
  SearchUsersRequest,
  SignOutUser,
  SuspendUser,
  TokenSet,
  TriggerPasswordReset,
  UserRequest,
  type MfaChallenge,
  type UserPage,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { AdminService } from './admin.service.js';

const docs = { tag: 'Admin: accounts' };
const answered = { docs: { ...docs, answer: ManagedUser } };

@Controller('v1/admin/users')
export class AdminController {
  constructor(
    private readonly bus: Bus,
    private readonly admin: AdminService,
  ) {}

  @Get()
  @Serves(SearchUsers, { docs })
  find(@Input() input: SearchUsersRequest, @Ask() ask: SendAs): Promise<UserPage> {
    return this.bus.send(SearchUsers, input, ask);
  }

  @Get(':user_id')
  @Serves(ReadUser, { docs })
  read(@Input() input: UserRequest, @Ask() ask: SendAs): Promise<ManagedUser> {
    return this.bus.send(ReadUser, input, ask);
  }

  @Post(':user_id/suspend')
  @HttpCode(200)
  @Serves(SuspendUser, answered)
  suspend(@Input() input: NotedUserRequest, @Ask() ask: SendAs): Promise<ManagedUser> {
    return this.admin.change(SuspendUser, input, ask);
  }

  @Post(':user_id/restore')
  @HttpCode(200)
  @Serves(RestoreUser, answered)
  restore(@Input() input: NotedUserRequest, @Ask() ask: SendAs): Promise<ManagedUser> {
    return this.admin.change(RestoreUser, input, ask);
  }

  @Delete(':user_id')
  @HttpCode(204)
  @Serves(CloseUser, { docs: { ...docs, answer: Empty, status: 204 } })
  close(@Input() input: NotedUserRequest, @Ask() ask: SendAs): Promise<void> {
    return this.admin.end(CloseUser, input, ask);
  }

  @Post(':user_id/sign-out')
  @HttpCode(204)
  @Serves(SignOutUser, { docs: { ...docs, answer: Empty, status: 204 } })
  signOut(@Input() input: NotedUserRequest, @Ask() ask: SendAs): Promise<void> {
    return this.admin.end(SignOutUser, input, ask);
  }

  @Post(':user_id/password-reset')
  @HttpCode(202)
  @Serves(TriggerPasswordReset, { docs: { ...docs, status: 202 } })
  resetPassword(@Input() input: NotedUserRequest, @Ask() ask: SendAs): Promise<Empty> {
    return this.bus.send(TriggerPasswordReset, input, ask);
  }

  @Post(':user_id/impersonate')
  @HttpCode(200)
  @Serves(Impersonate, { docs: { ...docs, answer: TokenSet } })
  impersonate(
    @Input() input: ImpersonateRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenSet | MfaChallenge> {
    return this.admin.impersonate(input, request, reply);
  }
}
