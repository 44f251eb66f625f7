import { Injectable } from '@nestjs/common';
import { CodeReplayed, InvalidGrant } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { Revocations } from '../revocations/revocations.service.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { AuthorizationCodesRepository } from './authorization-codes.repository.js';

/** What a code's second use brings: the end of what the first was given (R-AS3). */
@Injectable()
export class CodeReplays {
  constructor(
    private readonly tx: Transactions,
    private readonly codes: AuthorizationCodesRepository,
    private readonly sessions: SessionsRepository,
    private readonly revocations: Revocations,
    private readonly outbox: Outbox,
  ) {}

  /** Ends the session of a used code, and refuses. @throws Refusal `invalid_grant`, always */
  async refuse(codeHash: Buffer): Promise<never> {
    await this.tx.run(async () => {
      const { user_id, client_id, session_id } = (await this.codes.find(codeHash)) ?? {};
      if (!user_id || !session_id) return;
      await this.outbox.append(CodeReplayed, { user_id, client_id: client_id! }, { key: user_id });
      const ended = await this.sessions.end(session_id, user_id, 'reuse');
      if (ended) await this.revocations.announce(user_id, [ended.id], 'reuse');
    });
    throw InvalidGrant.with();
  }
}
