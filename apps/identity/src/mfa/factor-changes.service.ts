import { Injectable } from '@nestjs/common';
import type { DomainEvent, MfaChangedData, SecurityNotice, UserActor } from '#contracts';
import { Outbox } from '#persistence';
import { SecurityNotices } from '../email/security-notices.service.js';

/** Tells the others, and the person, that a factor has changed (R-RC9). */
@Injectable()
export class FactorChanges {
  constructor(
    private readonly outbox: Outbox,
    private readonly notices: SecurityNotices,
  ) {}

  /** Within the transaction of the change. */
  async tell(
    { user_id, session_id }: UserActor,
    event: DomainEvent<MfaChangedData>,
    notice: SecurityNotice,
  ): Promise<void> {
    await this.outbox.append(event, { user_id }, { key: user_id });
    await this.notices.send({ user_id, notice, session_id });
  }
}
