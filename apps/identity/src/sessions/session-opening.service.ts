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
   * In one statement, within the open transaction when there is one.
   * @param signedRoles the roles in the access token that was signed for the session
   * @param guard under what failures of the sign-in name are counted, when one was typed
   * @throws Refusal `invalid_credentials` when the account may have no session, its roles are others by now, or the
   *   name is blocked
   */
  async open(session: NewSession, signedRoles: string[], guard?: Buffer): Promise<UserColumns> {
    const { id: session_id, user_id, client_id, amr } = session;
    const told = this.outbox.row(LoginSucceeded, { user_id, session_id, client_id, amr }, user_id);
    const person = await this.sessions.open(session, { roles: signedRoles, guard, told });
    if (!person) throw InvalidCredentials.with();
    this.outbox.wake();
    return person;
  }
}
