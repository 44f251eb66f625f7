import { Injectable } from '@nestjs/common';
import type { NewDeviceSeenData } from '#contracts';
import { AccountMails } from '../email/account-mails.service.js';
import { SecurityNotices } from '../email/security-notices.service.js';

const KIND = 'security_notice';
const NOTICES_PER_HOUR = 10;

/** Tells people of sign-ins from devices that are new to their account. */
@Injectable()
export class NewDevices {
  constructor(
    private readonly mails: AccountMails,
    private readonly notices: SecurityNotices,
  ) {}

  /** Within the transaction of the event. */
  async tell({ user_id, session_id }: NewDeviceSeenData): Promise<void> {
    if (await this.mails.isFull(user_id, KIND, NOTICES_PER_HOUR)) return;
    await this.notices.send({ user_id, session_id, notice: 'new_device' });
  }
}
