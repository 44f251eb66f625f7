import { Injectable } from '@nestjs/common';
import { MailRequested, type MailRequestedData } from '#contracts';
import { newId, Outbox } from '#persistence';
import { MacKeys } from '../keys/mac-keys.service.js';
import { hashMailToken, MAIL_TOKEN_LIFE, writeMailToken, type MailTokenKind } from './mail-token.rules.js';
import type { OneTimeToken } from './one-time-token.entity.js';
import { OneTimeTokensRepository, type NewOneTimeToken } from './one-time-tokens.repository.js';

/** Of every kind an account gets this many mails an hour at most. */
export const MAILS_PER_HOUR = 5;

/** A mail to be sent: to whom, and for what. */
export type AccountMail = Pick<OneTimeToken, 'kind' | 'user_id' | 'email'> &
  Partial<Pick<OneTimeToken, 'session_id' | 'notice' | 'expires_at'>>;

/** Has mails about an account sent. Fulfillment writes them, and reads the token when it does. */
@Injectable()
export class AccountMails {
  constructor(
    private readonly tokens: OneTimeTokensRepository,
    private readonly keys: MacKeys,
    private readonly outbox: Outbox,
  ) {}

  /** Issues a token, voids the older ones of its kind and asks for the mail, in the open transaction (R-RC4, R-EN3). */
  async send(mail: AccountMail): Promise<OneTimeToken['expires_at']> {
    return this.request(mail, (token) => this.tokens.issue(token));
  }

  /** The same, and leaves the older ones of its kind as they are: one notice does not make another worthless. */
  async sendAlso(mail: AccountMail): Promise<OneTimeToken['expires_at']> {
    return this.request(mail, (token) => this.tokens.add(token));
  }

  /** Sends the mail of a token that is as good as new once more. */
  async sendAgain(token_id: string, { user_id, kind }: AccountMail): Promise<void> {
    const data: MailRequestedData = { token_id, user_id, template: kind, again: true };
    await this.outbox.append(MailRequested, data, { key: user_id });
  }

  /** Whether the account has got as many mails of the kind as it may. */
  async isFull(userId: string, kind: MailTokenKind, most = MAILS_PER_HOUR): Promise<boolean> {
    return (await this.tokens.issuedLately(userId, kind)) >= most;
  }

  private async request(mail: AccountMail, store: (token: NewOneTimeToken) => Promise<void>): Promise<Date> {
    const id = newId();
    const token_hash = hashMailToken(writeMailToken(this.keys.mail, mail.kind, id));
    const expires_at = mail.expires_at ?? new Date(Date.now() + MAIL_TOKEN_LIFE[mail.kind]);
    await store({ ...mail, id, token_hash, expires_at });
    const data: MailRequestedData = { token_id: id, user_id: mail.user_id, template: mail.kind };
    await this.outbox.append(MailRequested, data, { key: mail.user_id });
    return expires_at;
  }
}
