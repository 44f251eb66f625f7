import { Injectable } from '@nestjs/common';
import { PasskeyRejected, type DomainEvent, type PasskeyChangedData, type SecurityNotice } from '#contracts';
import { Outbox } from '#persistence';
import { SecurityNotices } from '../email/security-notices.service.js';
import { PasskeyCeremoniesRepository } from './passkey-ceremonies.repository.js';
import { PasskeysRepository, type StoredPasskey } from './passkeys.repository.js';

/** What is kept of passkeys, and what is told of them. */
@Injectable()
export class PasskeyBooks {
  constructor(
    readonly passkeys: PasskeysRepository,
    readonly ceremonies: PasskeyCeremoniesRepository,
    private readonly outbox: Outbox,
    private readonly notices: SecurityNotices,
  ) {}

  /** Within the transaction of the change (R-RC9). */
  async tell(
    event: DomainEvent<PasskeyChangedData>,
    data: PasskeyChangedData,
    notice: SecurityNotice,
    session_id: string,
  ): Promise<void> {
    await this.outbox.append(event, data, { key: data.user_id });
    await this.notices.send({ user_id: data.user_id, notice, session_id });
  }

  /** Writes down that a known passkey's answer was refused; outside of any transaction that the refusal rolls back. */
  async reject({ id, user_id }: StoredPasskey, reason: 'not_verified' | 'counter'): Promise<void> {
    if (reason === 'counter') await this.passkeys.flag(id);
    await this.outbox.append(PasskeyRejected, { user_id, passkey_id: id, reason }, { key: user_id });
  }
}
