import { Injectable } from '@nestjs/common';
import { Log, Metrics } from '#boot';
import { Refusal } from '#contracts';
import { backoffSeconds } from '../leases/backoff.rules.js';
import { MailBooks } from './mail-books.js';
import type { AddressedMail, Prepared } from './mail-content.js';
import { mailFailure } from './mail-failure.rules.js';
import { MailPreparationService } from './mail-preparation.service.js';
import type { MailLease } from './mail.repository.js';
import { MailerService } from './mailer.service.js';

/** Sends one mail, or says why not. Should it die after sending, the same mail goes out once more, under the same id. */
@Injectable()
export class MailDeliveryService {
  private readonly counter;

  constructor(
    private readonly preparation: MailPreparationService,
    private readonly mailer: MailerService,
    private readonly books: MailBooks,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    const help = 'Mails, by what became of a try to send them.';
    this.counter = metrics.counter('gatehouse_mails_total', help, ['template', 'outcome']);
  }

  async deliver(lease: MailLease): Promise<void> {
    const prepared = await this.prepare(lease);
    if (!prepared) return;
    if (prepared.now === 'drop') return this.books.dropped(lease, prepared.why);
    if (prepared.now === 'suppress') return this.suppress(lease, prepared.why);
    if (prepared.now === 'wait') return this.books.wait(lease, prepared.why, prepared.seconds);
    await this.send(lease, prepared.mail);
  }

  private suppress(lease: MailLease, why: string): Promise<void> {
    this.counter.inc({ template: lease.template, outcome: 'suppressed' });
    return this.books.suppressed(lease, why);
  }

  private async prepare(lease: MailLease): Promise<Prepared | undefined> {
    try {
      return await this.preparation.prepare(lease);
    } catch (error) {
      const why = error instanceof Refusal ? `Looking it up failed: ${error.code}.` : 'Looking it up failed.';
      this.log.warn('a mail cannot be prepared', { mail_id: lease.id, template: lease.template, error });
      await this.books.retryLater(lease, why, backoffSeconds(lease.attempts));
      return undefined;
    }
  }

  private async send(lease: MailLease, mail: AddressedMail): Promise<void> {
    try {
      await this.mailer.send(`${lease.id}.${lease.round}`, mail);
    } catch (error) {
      return this.failed(lease, error, mail.to.address);
    }
    this.counter.inc({ template: lease.template, outcome: 'sent' });
    await this.books.sent(lease);
  }

  /** The mail server's words are not logged: they quote addresses. */
  private failed(lease: MailLease, error: unknown, address: string): Promise<void> {
    const failure = mailFailure(error, { attempts: lease.attempts, since: lease.first_try_at });
    const { id: mail_id, template, attempts } = lease;
    this.log.warn('a mail was not taken', { mail_id, template, attempts, bounced: failure.bounced, why: failure.why });
    this.counter.inc({ template, outcome: failure.bounced ? 'bounced' : 'retried' });
    if (failure.bounced) return this.books.bounced(lease, failure.why, failure.noMailbox ? address : null);
    return this.books.retryLater(lease, failure.why, failure.seconds);
  }
}
