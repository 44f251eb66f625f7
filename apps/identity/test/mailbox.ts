import { MailRequested, type MailKind, type MailToken } from '#contracts';
import { MailTokens } from '../src/email/mail-tokens.service.js';
import type { IdentityApp } from './identity-app.js';
import { eventually } from '../../../test/support/eventually.js';

/** The mails that fulfillment would send, read the way it reads them. */
export class Mailbox {
  constructor(private readonly app: IdentityApp) {}

  /** Ids of the tokens of mails of a kind that an account was to get, oldest first. */
  async idsOf(userId: string, kind: MailKind): Promise<string[]> {
    const mails = await this.app.events(MailRequested, userId);
    return mails.filter((mail) => mail.template === kind).map((mail) => mail.token_id);
  }

  read(tokenId: string): Promise<MailToken> {
    return this.app.get(MailTokens).read(tokenId);
  }

  /** The latest mail of a kind to an account, once it is asked for. */
  async latest(userId: string, kind: MailKind, count = 1): Promise<MailToken> {
    const ids = await eventually(`a mail ${kind}`, 30_000, async () => {
      const found = await this.idsOf(userId, kind);
      return found.length >= count ? found : undefined;
    });
    return this.read(ids.at(-1)!);
  }

  /** The mail that tells an account of that, whatever else it is told of at the same time. */
  async notice(userId: string, notice: MailToken['notice']): Promise<MailToken> {
    return eventually(`a notice ${notice}`, 30_000, async () => {
      const ids = await this.idsOf(userId, 'security_notice');
      return (await Promise.all(ids.map((id) => this.read(id)))).find((mail) => mail.notice === notice);
    });
  }
}
