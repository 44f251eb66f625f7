import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  Empty,
  EndSession,
  ManagedSession,
  ManagedSessionRequest,
  ReadSession,
  SearchSessions,
  SearchSessionsRequest,
  type SessionPage,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { AdminService } from './admin.service.js';

const docs = { tag: 'Admin: sessions' };

@Controller('v1/admin')
export class AdminSessionsController {
  constructor(
    private readonly bus: Bus,
    private readonly admin: AdminService,
  ) {}

  @Get('sessions')
  @Serves(SearchSessions, { docs })
  find(@Input() input: SearchSessionsRequest, @Ask() ask: SendAs): Promise<SessionPage> {
    return this.bus.send(SearchSessions, input, ask);
  }

  @Get('users/:user_id/sessions')
  @Serves(SearchSessions, { docs })
  ofUser(@Input() input: SearchSessionsRequest, @Ask() ask: SendAs): Promise<SessionPage> {
    return this.bus.send(SearchSessions, input, ask);
  }

  @Get('sessions/:session_id')
  @Serves(ReadSession, { docs })
  read(@Input() input: ManagedSessionRequest, @Ask() ask: SendAs): Promise<ManagedSession> {
    return this.bus.send(ReadSession, input, ask);
  }

  @Delete('sessions/:session_id')
  @HttpCode(204)
  @Serves(EndSession, { docs: { ...docs, answer: Empty, status: 204 } })
  end(@Input() input: ManagedSessionRequest, @Ask() ask: SendAs): Promise<void> {
    return this.admin.end(EndSession, input, ask);
  }
}
