import { Injectable } from '@nestjs/common';
import { NotFound } from '#contracts';
import { Transactions } from '#persistence';
import { MailWorker } from './mail-worker.js';
import { MailRepository, type MailRequest } from './mail.repository.js';

/** Takes mail on. */
@Injectable()
export class MailService {
  constructor(
    private readonly tx: Transactions,
    private readonly mail: MailRepository,
    private readonly worker: MailWorker,
  ) {}

  /** Queues a mail in the open transaction; one with the same key is queued already. */
  async enqueue(mail: MailRequest): Promise<void> {
    if (await this.mail.enqueue(mail)) this.tx.afterCommit(() => this.worker.wake());
  }

  /** What is queued about a license is due at once, in the open transaction. */
  async lookAgain(licenseKey: string): Promise<void> {
    if (await this.mail.expedite(licenseKey)) this.tx.afterCommit(() => this.worker.wake());
  }

  /** @throws Refusal `not_found` */
  async resend(id: string): Promise<void> {
    if (!(await this.mail.requeue(id))) throw NotFound.with('There is no mail with this id.');
    this.tx.afterCommit(() => this.worker.wake());
  }
}
