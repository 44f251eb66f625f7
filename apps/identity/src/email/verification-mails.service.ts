import { Injectable } from '@nestjs/common';
import { MailRequested, TokenInvalid, type MailRequestedData, type MailToken } from '#contracts';
import { newId, Outbox } from '#persistence';
import { MacKeys } from '../keys/mac-keys.service.js';
import { UsersRepository } from '../users/users.repository.js';
import { hashMailToken, writeMailToken } from './mail-token.rules.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';

const LIFE_MS = 24 * 3_600_000;
const KIND = 'verify_email';

/** Mails that let a person prove an address. The mail itself is fulfillment's; it reads the token when it renders. */
@Injectable()
export class VerificationMails {
  constructor(
    private readonly tokens: OneTimeTokensRepository,
    private readonly users: UsersRepository,
    private readonly keys: MacKeys,
    private readonly outbox: Outbox,
  ) {}

  /** Issues a token for the address and asks for its mail, in the open transaction. */
  async request(userId: string, email: string): Promise<void> {
    const id = newId();
    const token_hash = hashMailToken(writeMailToken(this.keys.mail, KIND, id));
    const expires_at = new Date(Date.now() + LIFE_MS);
    await this.tokens.issue({ id, kind: KIND, user_id: userId, email, token_hash, expires_at });
    const data: MailRequestedData = { token_id: id, user_id: userId, template: KIND };
    await this.outbox.append(MailRequested, data, { key: userId });
  }

  /** The token of a mail about to be sent. @throws Refusal `token_invalid` when the mail is of no use any more */
  async read(tokenId: string): Promise<MailToken> {
    const stored = await this.tokens.find(tokenId);
    const user = stored && (await this.users.find(stored.user_id));
    if (!stored?.isOpen(new Date()) || !user || user.email !== stored.email) throw TokenInvalid.with();
    return {
      token: writeMailToken(this.keys.mail, KIND, stored.id),
      email: stored.email,
      username: user.username,
      expires_at: stored.expires_at.toISOString(),
    };
  }
}
