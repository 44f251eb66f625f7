import { Injectable } from '@nestjs/common';
import { MailBounced, MailSent } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { SuppressionsRepository } from './suppressions/suppressions.repository.js';
import { MailRepository, type MailLease } from './mail.repository.js';

/** Writes down what became of a mail, together with the event that tells of it. */
@Injectable()
export class MailBooks {
  constructor(
    private readonly tx: Transactions,
    private readonly outbox: Outbox,
    private readonly mail: MailRepository,
    private readonly suppressions: SuppressionsRepository,
  ) {}

  sent(lease: MailLease): Promise<void> {
    return this.tx.run(async () => {
      if (await this.mail.conclude(lease, 'sent', null)) await this.outbox.append(MailSent, about(lease), key(lease));
    });
  }

  /** @param noMailbox the address, when there is no mailbox: it gets no more mail */
  bounced(lease: MailLease, why: string, noMailbox: string | null): Promise<void> {
    return this.tx.run(async () => {
      if (!(await this.mail.conclude(lease, 'bounced', why))) return;
      const suppression = { reason: 'hard_bounce', source: 'smtp', mail_id: lease.id } as const;
      if (noMailbox) await this.suppressions.add(noMailbox, suppression);
      await this.outbox.append(MailBounced, about(lease), key(lease));
    });
  }

  /** Not sent, because its address takes no mail: to whom it matters that it did not arrive, it has bounced. */
  suppressed(lease: MailLease, why: string): Promise<void> {
    return this.tx.run(async () => {
      if (await this.mail.conclude(lease, 'suppressed', why))
        await this.outbox.append(MailBounced, about(lease), key(lease));
    });
  }

  async dropped(lease: MailLease, why: string): Promise<void> {
    await this.mail.conclude(lease, 'dropped', why);
  }

  /** The try failed. */
  retryLater(lease: MailLease, why: string, seconds: number): Promise<void> {
    return this.mail.postpone(lease, why, seconds, true);
  }

  /** It is too early for a try. */
  wait(lease: MailLease, why: string, seconds: number): Promise<void> {
    return this.mail.postpone(lease, why, seconds, false);
  }
}

const about = (lease: MailLease) => ({ mail_id: lease.id, template: lease.template });
const key = (lease: MailLease) => ({ key: lease.id });
