import { Injectable } from '@nestjs/common';
import type { EndedSessions } from '#contracts';
import { Revocations, type RevocationReason } from '../revocations/revocations.service.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { AccountEndingsRepository } from './account-endings.repository.js';

/** Signs a person out of everything, at once and everywhere: suspension and deletion begin with it (R-SE5, R-GD1). */
@Injectable()
export class AccountEndings {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly endings: AccountEndingsRepository,
    private readonly revocations: Revocations,
  ) {}

  /**
   * Ends every session, device token, pending sign-in, mailed link and grant of an account, in the transaction that has
   * closed it. Close the account first: then no way in can open another session behind this.
   * @returns the ids of sessions and device tokens that verifiers must refuse from now on
   */
  async endEverything(userId: string, reason: RevocationReason): Promise<EndedSessions> {
    const session_ids = (await this.sessions.endAll(userId, reason)).map((ended) => ended.id);
    if (session_ids.length) await this.revocations.announce(userId, session_ids, reason);
    await this.endings.voidLinks(userId);
    await this.endings.dropWaysBackIn(userId);
    return { session_ids };
  }
}
