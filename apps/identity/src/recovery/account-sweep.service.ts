import { Injectable } from '@nestjs/common';
import { GIVING_KINDS } from '../email/mail-token.rules.js';
import { OneTimeTokensRepository } from '../email/one-time-tokens.repository.js';
import { Revocations, type RevocationReason } from '../revocations/revocations.service.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { AccountSweepRepository } from './account-sweep.repository.js';

/** Takes away what somebody else may hold of an account. Everything here belongs into the caller's transaction. */
@Injectable()
export class AccountSweep {
  constructor(
    private readonly books: AccountSweepRepository,
    private readonly links: OneTimeTokensRepository,
    private readonly revocations: Revocations,
    private readonly sessions: SessionsRepository,
  ) {}

  /**
   * Ends the sessions, but for the caller's own if one is named. Where none is spared the paired devices end, too; they
   * outlive what their person does from within a session of the own (R-DP4).
   * @returns the ended ones
   */
  async endSessions(userId: string, reason: RevocationReason, except?: string): Promise<string[]> {
    await this.books.dropPendingSignIns(userId);
    const ended =
      except === undefined
        ? (await this.sessions.endAll(userId, reason)).map((session) => session.id)
        : await this.books.endOthers(userId, reason, except);
    if (ended.length) await this.revocations.announce(userId, ended, reason);
    return ended;
  }

  /** @returns the session when there was one to end */
  async endSession(userId: string, sessionId: string, reason: RevocationReason): Promise<string[]> {
    if (!(await this.books.endSession(userId, sessionId, reason))) return [];
    await this.revocations.announce(userId, [sessionId], reason);
    return [sessionId];
  }

  /**
   * Makes mailed links and pending changes worthless (R-RC4, R-RC7, R-LK5). Those that only take something back stay:
   * whoever has stolen an account must not get rid of its owner's undo link by changing the password.
   */
  async voidLinks(userId: string): Promise<void> {
    await this.links.void(userId, GIVING_KINDS);
  }

  /** What was known of the account's devices is no reason for trust any more. */
  forgetDevices(userId: string): Promise<void> {
    return this.books.forgetDevices(userId);
  }

  /**
   * Ways in that were added while nobody had proven the address: they may be anybody's (R-LK4). A second factor stays:
   * it opens nothing, and no reset gets around it (R-RC1).
   */
  dropUnprovenWaysIn(userId: string): Promise<void> {
    return this.books.dropWaysIn(userId);
  }

  /** The password of somebody who has used an address that is another’s (R-LK2). */
  dropPassword(userId: string): Promise<void> {
    return this.books.dropPassword(userId);
  }
}
