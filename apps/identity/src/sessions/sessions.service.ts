import { Injectable } from '@nestjs/common';
import {
  InvalidToken,
  NotFound,
  SessionEnded,
  type Actor,
  type EndedSessions,
  type LogoutRequest,
  type SessionList,
  type UserActor,
} from '#contracts';
import { Outbox } from '#persistence';
import { MacKeys } from '../keys/mac-keys.service.js';
import { Revocations } from '../revocations/revocations.service.js';
import { hashToken, readRefreshToken, writeRefreshToken } from './refresh-token.rules.js';
import { SessionsRepository, type EndedSession, type PresentedToken } from './sessions.repository.js';

/** A person's sessions after they were opened: listing and ending them. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly revocations: Revocations,
    private readonly keys: MacKeys,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Refusal `invalid_token` when the caller's own session has ended */
  async list(actor: UserActor): Promise<SessionList> {
    await this.assertLive(actor);
    const live = await this.sessions.live(actor.user_id);
    return { sessions: live.map((session) => session.view(actor.session_id)) };
  }

  /** @throws Refusal `not_found`, also for a session of somebody else */
  async revoke(actor: UserActor, sessionId: string): Promise<EndedSessions> {
    await this.assertLive(actor);
    const ended = await this.sessions.end(sessionId, actor.user_id, 'user_revoked');
    if (!ended) throw NotFound.with();
    await this.revocations.announce(actor.user_id, [ended.id], 'user_revoked');
    return { session_ids: [ended.id] };
  }

  /** Signs out; what there is to end is ended, and the answer is the same when there is nothing. */
  async logout({ refresh_token, all }: LogoutRequest, actor?: Actor): Promise<EndedSessions> {
    const person = actor?.kind === 'user' ? actor : undefined;
    const token = refresh_token === undefined ? undefined : this.read(refresh_token);
    const owner = all ? (person?.user_id ?? (token && (await this.sessions.ownerOf(token)))) : undefined;
    const ended = owner
      ? await this.sessions.endAll(owner, 'logout')
      : [
          token && (await this.sessions.end(token.session_id, undefined, 'logout')),
          person && (await this.sessions.end(person.session_id, person.user_id, 'logout')),
        ].filter((session) => session !== undefined);
    await this.tell(ended);
    return { session_ids: ended.map((session) => session.id) };
  }

  /** @throws Refusal `invalid_token` when the session has ended or the account is closed */
  async assertLive(actor: UserActor): Promise<void> {
    if (!(await this.sessions.isLive(actor.session_id, actor.user_id))) throw InvalidToken.with();
  }

  private read(refreshToken: string): PresentedToken | undefined {
    const claim = readRefreshToken(this.keys.refresh, refreshToken);
    if (!claim) return undefined;
    const successor = writeRefreshToken(this.keys.refresh, { ...claim, generation: claim.generation + 1 });
    return { session_id: claim.session_id, hashes: [hashToken(refreshToken), hashToken(successor)] };
  }

  private async tell(ended: EndedSession[]): Promise<void> {
    for (const userId of new Set(ended.map((session) => session.user_id))) {
      const own = ended.filter((session) => session.user_id === userId);
      const ids = own.map((session) => session.id);
      await this.revocations.announce(userId, ids, 'logout');
      for (const { id: session_id } of own.filter((session) => !session.device)) {
        await this.outbox.append(SessionEnded, { user_id: userId, session_id }, { key: userId });
      }
    }
  }
}

/** The person behind a call whose permission is `user`. @throws Refusal `invalid_token` when there is none */
export function personOf(actor: Actor | undefined): UserActor {
  if (actor?.kind !== 'user') throw InvalidToken.with();
  return actor;
}
