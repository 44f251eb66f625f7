import { Injectable } from '@nestjs/common';
import { InvalidCredentials, LoginSucceeded, NewDeviceSeen, type RequestOrigin } from '#contracts';
import { Outbox } from '#persistence';
import { KnownDevices } from '../guessing/known-devices.service.js';
import type { UserColumns } from '../users/website-user.entity.js';
import { SessionsRepository, type NewSession } from './sessions.repository.js';

/** What of the proofs of a sign-in has to hold still when its session begins. */
export interface OpeningProofs {
  user: { roles: string[]; credential_version?: number };
  origin: RequestOrigin;
  /** Under what failures of the sign-in name are counted, when one was typed. */
  guard?: Buffer;
}

/** Writes a new session down and tells of it. */
@Injectable()
export class SessionOpening {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly devices: KnownDevices,
    private readonly outbox: Outbox,
  ) {}

  /** How the device of a session is known from now on. */
  deviceToken({ user_id }: NewSession, origin: RequestOrigin): string {
    return this.devices.tokenFor(user_id, origin);
  }

  /**
   * In one statement, within the open transaction when there is one.
   * @param proofs with the roles in the access token that was signed for the session
   * @throws Refusal `invalid_credentials` when the account may have no session, its roles or its password are others
   *   by now, or the name is blocked
   */
  async open(session: NewSession, { user, origin, guard }: OpeningProofs): Promise<UserColumns> {
    if (session.impersonated_by) return this.openInName(session, user.roles);
    const { id: session_id, user_id, client_id, amr } = session;
    const told = this.outbox.row(LoginSucceeded, { user_id, session_id, client_id, amr }, user_id);
    const spotted = this.outbox.row(NewDeviceSeen, { user_id, session_id, client_id }, user_id);
    const { roles, credential_version } = user;
    const claim = this.devices.claimOf(origin);
    const known_since = claim?.user_id === user_id ? claim.issued_at : undefined;
    const person = await this.sessions.open(session, { roles, credential_version, known_since, guard, told, spotted });
    if (!person) throw InvalidCredentials.with();
    this.outbox.wake();
    return person;
  }

  /** What is told of it is its opener's business. */
  private async openInName(session: NewSession, roles: string[]): Promise<UserColumns> {
    const person = await this.sessions.openInName(session, roles);
    if (!person) throw InvalidCredentials.with();
    return person;
  }
}
