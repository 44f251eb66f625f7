import { Injectable } from '@nestjs/common';
import { NotFound, UserSignedOut, type EndedSessions, type ManagedSession, type UserActor } from '#contracts';
import { Revocations } from '../revocations/revocations.service.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { ManagedSessions } from './managed-sessions.queries.js';
import { UserManagement } from './user-management.service.js';

const NOTHING: EndedSessions = { session_ids: [] };

/** Ends sessions of others. */
@Injectable()
export class ManagedSessionEndings {
  constructor(
    private readonly found: ManagedSessions,
    private readonly users: UserManagement,
    private readonly sessions: SessionsRepository,
    private readonly revocations: Revocations,
  ) {}

  /** @throws Refusal `not_found`, `forbidden` */
  async end(actor: UserActor, sessionId: string): Promise<EndedSessions> {
    const session: ManagedSession | undefined = await this.found.find(sessionId);
    if (!session) throw NotFound.with();
    const { user_id } = session;
    await this.users.touched(actor, user_id, 'end_session');
    const ended = await this.sessions.end(sessionId, user_id, 'admin_revoked');
    if (!ended) return NOTHING;
    await this.revocations.announce(user_id, [sessionId], 'admin_revoked');
    await this.users.tell(UserSignedOut, { user_id });
    return { session_ids: [sessionId] };
  }
}
