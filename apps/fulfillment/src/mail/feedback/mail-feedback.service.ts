import { Injectable } from '@nestjs/common';
import { MailBounced } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { SuppressionsRepository } from '../suppressions/suppressions.repository.js';
import type { Feedback } from './feedback.js';
import { MailFeedbackRepository } from './mail-feedback.repository.js';

/** Acts on what mail services tell: once, however often they tell it. */
@Injectable()
export class MailFeedbackService {
  constructor(
    private readonly tx: Transactions,
    private readonly outbox: Outbox,
    private readonly books: MailFeedbackRepository,
    private readonly suppressions: SuppressionsRepository,
  ) {}

  /** @returns how much of it was new */
  record(news: readonly Feedback[]): Promise<number> {
    return this.tx.run(async () => {
      let fresh = 0;
      for (const one of news) if (await this.recordOne(one)) fresh += 1;
      return fresh;
    });
  }

  private async recordOne(feedback: Feedback): Promise<boolean> {
    const { address, reason, service, mail_id, why } = feedback;
    if (!(await this.books.once(feedback))) return false;
    await this.suppressions.add(address, { reason, source: service, mail_id });
    if (mail_id && reason === 'hard_bounce') await this.bounced(mail_id, why);
    return true;
  }

  /** A mail that somebody complained about has arrived; one that came back has not. */
  private async bounced(mail_id: string, why: string): Promise<void> {
    const template = await this.books.bounce(mail_id, why);
    if (template) await this.outbox.append(MailBounced, { mail_id, template }, { key: mail_id });
  }
}
