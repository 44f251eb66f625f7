import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Whom a mail is about, and the session that it is about, if any. */
export interface MailRecipient {
  email: string | null;
  username: string;
  user_agent: string | null;
  ip: string | null;
}

/** What mails need of accounts, closed ones too: their person is told how to get them back. */
@Injectable()
export class MailRecipients {
  constructor(private readonly tx: Transactions) {}

  async find(userId: string, sessionId: string | null): Promise<MailRecipient | undefined> {
    const [row] = await this.tx.query<MailRecipient>(
      `SELECT u.email, u.username, s.user_agent, s.ip FROM website_users u
       LEFT JOIN auth_sessions s ON s.id = $2 AND s.user_id = u.id WHERE u.id = $1`,
      [userId, sessionId],
    );
    return row;
  }
}
