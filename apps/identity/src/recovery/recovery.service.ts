import { Injectable } from '@nestjs/common';
import { RecoveryRefused, RecoveryRequested, type RecoveryRefusedData } from '#contracts';
import { newId, Outbox } from '#persistence';
import { AccountMails } from '../email/account-mails.service.js';
import { UsersRepository } from '../users/users.repository.js';
import { RecoveryRequestsRepository } from './recovery-requests.repository.js';

const KIND = 'reset_password';

/**
 * Forgotten passwords. The answer is given before anybody looks whether there is such an account: one row is written
 * for every address, and what comes of it comes later. So neither answer nor time tells anything (R-EN1, R-EN2).
 */
@Injectable()
export class Recovery {
  constructor(
    private readonly requests: RecoveryRequestsRepository,
    private readonly users: UsersRepository,
    private readonly mails: AccountMails,
    private readonly outbox: Outbox,
  ) {}

  /** Takes a request, in the open transaction. */
  async request(email: string): Promise<void> {
    const id = newId();
    await this.requests.add(id, email);
    await this.outbox.append(RecoveryRequested, { request_id: id }, { key: id });
  }

  /** Mails the link, when there is somebody to mail it to. */
  async answer(requestId: string): Promise<void> {
    const email = await this.requests.take(requestId);
    if (email === undefined) return;
    const user = await this.users.findByEmail(email);
    if (!user?.email) return this.refuse(null, 'unknown_account');
    if (!user.is_active) return this.refuse(user.id, 'inactive');
    if (await this.mails.isFull(user.id, KIND)) return this.refuse(user.id, 'too_many');
    await this.mails.send({ kind: KIND, user_id: user.id, email: user.email });
  }

  /** Starts a reset for an account whose person has said that something is wrong. */
  async start(userId: string, email: string): Promise<void> {
    if (await this.mails.isFull(userId, KIND)) return;
    await this.mails.send({ kind: KIND, user_id: userId, email });
  }

  private async refuse(user_id: string | null, reason: RecoveryRefusedData['reason']): Promise<void> {
    await this.outbox.append(RecoveryRefused, { user_id, reason }, { key: user_id ?? undefined });
  }
}
