import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  EndSession,
  ReadSession,
  SearchSessions,
  type Call,
  type EndedSessions,
  type ManagedSession,
  type ManagedSessionRequest,
  type SearchSessionsRequest,
  type SessionPage,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { ManagedSessions } from './managed-sessions.queries.js';
import { ManagedSessionEndings } from './managed-sessions.service.js';

@Controller()
export class ManagedSessionsController {
  constructor(
    private readonly sessions: ManagedSessions,
    private readonly endings: ManagedSessionEndings,
  ) {}

  @Handles(SearchSessions, { transaction: false })
  find(input: SearchSessionsRequest): Promise<SessionPage> {
    return this.sessions.page(input);
  }

  @Handles(ReadSession, { transaction: false })
  read({ session_id }: ManagedSessionRequest): Promise<ManagedSession> {
    return this.sessions.read(session_id);
  }

  @Handles(EndSession)
  async end({ session_id }: ManagedSessionRequest, call: Call): Promise<EndedSessions> {
    return this.endings.end(personOf(call.actor), session_id);
  }
}
