import { Injectable } from '@nestjs/common';
import { SessionEnded, type EndedSessions } from '#contracts';
import { Outbox } from '#persistence';
import { Revocations } from '../revocations/revocations.service.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';

/** A session to be ended; of anybody's when no person is named. */
export interface SessionToEnd {
  session_id: string;
  user_id?: string;
}

/** Ends sessions one by one, and tells of it. */
@Injectable()
export class SessionEnds {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly revocations: Revocations,
    private readonly outbox: Outbox,
  ) {}

  /** What there is to end is ended. */
  async end(wanted: readonly SessionToEnd[]): Promise<EndedSessions> {
    const session_ids: string[] = [];
    for (const { session_id, user_id } of wanted) {
      const ended = await this.sessions.end(session_id, user_id, 'logout');
      if (!ended) continue;
      await this.revocations.announce(ended.user_id, [ended.id], 'logout');
      await this.outbox.append(SessionEnded, { user_id: ended.user_id, session_id: ended.id }, { key: ended.user_id });
      session_ids.push(ended.id);
    }
    return { session_ids };
  }
}
