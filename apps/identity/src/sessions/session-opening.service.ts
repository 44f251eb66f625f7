import { Injectable } from '@nestjs/common';
import { InvalidCredentials, LoginSucceeded } from '#contracts';
import { Outbox } from '#persistence';
import type { UserColumns } from '../users/website-user.entity.js';
import { SessionsRepository, type NewSession } from './sessions.repository.js';

/** Writes a new session down and tells of it. */
@Injectable()
export class SessionOpening {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Within the open transaction.
   * @param signedRoles the roles in the access token that was signed for the session
   * @throws Refusal `invalid_credentials` when the account may have no session, or its roles are others by now
   */
  async open(session: NewSession, signedRoles: string[]): Promise<UserColumns> {
    const person = await this.sessions.open(session);
    if (!person || person.roles.join() !== signedRoles.join()) throw InvalidCredentials.with();
    const { id: session_id, user_id, client_id, amr } = session;
    await this.outbox.append(LoginSucceeded, { user_id, session_id, client_id, amr }, { key: user_id });
    return person;
  }
}
