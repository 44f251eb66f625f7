import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { Feedback } from './feedback.js';

/** Longer than any mail service goes on telling the same. */
const KEPT_DAYS = 90;

/** What mail services have told already, and the mails that it was about. */
@Injectable()
export class MailFeedbackRepository {
  constructor(private readonly tx: Transactions) {}

  /** @returns whether it is new */
  async once({ service, id }: Feedback): Promise<boolean> {
    await this.tx.query(`delete from mail_feedback where received_at < now() - make_interval(days => $1)`, [KEPT_DAYS]);
    const sql = 'insert into mail_feedback (source, id) values ($1, $2) on conflict do nothing';
    return (await this.tx.execute(sql, [service, id])).rowCount === 1;
  }

  /** A mail that was taken and came back. @returns its template; nothing when it is none of ours or has bounced already */
  async bounce(mailId: string, why: string): Promise<string | undefined> {
    const [row] = await this.tx.query<{ template: string }>(
      `update mail_outbox set state = 'bounced', error = $2 where id = $1 and state = 'sent' returning template`,
      [mailId, why],
    );
    return row?.template;
  }
}
