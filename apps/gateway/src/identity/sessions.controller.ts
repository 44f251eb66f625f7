import { Controller, Delete, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  Empty,
  ListSessions,
  Logout,
  RefreshSession,
  RevokeSession,
  RevokeSessionRequest,
  TokenSet,
  type SessionList,
} from '#contracts';
import { GatewayRevocations } from '../access/gateway-revocations.js';
import { Ask } from '../edge/ask.js';
import { Body, Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { LogoutBody, RefreshBody } from './credentials.rules.js';
import { SessionsService } from './sessions.service.js';

const tag = 'Sessions';
const LOGOUT =
  'Ends the session of the bearer token, the cookie or the body’s token, with its access tokens. ' +
  'The query `all=true` ends every session of the person. 204 whether or not there was one.';

@Controller('v1/auth')
export class SessionsController {
  constructor(
    private readonly bus: Bus,
    private readonly sessions: SessionsService,
    private readonly revocations: GatewayRevocations,
  ) {}

  @Post('refresh')
  @HttpCode(200)
  @Serves(RefreshSession, { limit: 'token', docs: { tag, input: RefreshBody, answer: TokenSet } })
  refresh(
    @Body(RefreshBody) body: RefreshBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenSet> {
    return this.sessions.refresh(body, request, reply);
  }

  @Post('logout')
  @HttpCode(204)
  @Header('clear-site-data', '"cache", "storage"')
  @Serves(Logout, { docs: { tag, input: LogoutBody, answer: Empty, status: 204, description: LOGOUT } })
  logout(
    @Body(LogoutBody) body: LogoutBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    return this.sessions.logout(body, request, reply);
  }

  @Get('sessions')
  @Serves(ListSessions, { docs: { tag } })
  list(@Input() input: Empty, @Ask() ask: SendAs): Promise<SessionList> {
    return this.bus.send(ListSessions, input, ask);
  }

  @Delete('sessions/:session_id')
  @HttpCode(204)
  @Serves(RevokeSession, { docs: { tag, answer: Empty, status: 204 } })
  revoke(@Input() input: RevokeSessionRequest, @Ask() ask: SendAs): Promise<void> {
    return this.revocations.addAll(this.bus.send(RevokeSession, input, ask));
  }
}
