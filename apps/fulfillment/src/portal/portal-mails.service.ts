import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { ListBuyerLicenses } from '#contracts';
import { FulfillmentConfig } from '../fulfillment.config.js';
import type { Prepared } from '../mail/mail-content.js';
import { portalLinkMail } from '../mail/templates/portal-link-mail.js';
import { wordsOf } from '../mail/words/words.js';
import { newPortalToken } from './portal-token.rules.js';
import { PortalRepository } from './portal.repository.js';

/** Writes the mails that let buyers in. */
@Injectable()
export class PortalMailsService {
  constructor(
    private readonly bus: Bus,
    private readonly portal: PortalRepository,
    private readonly config: FulfillmentConfig,
  ) {}

  /** The token is made here, so that it rests nowhere; who has bought nothing gets no mail. */
  async prepare(linkId: string): Promise<Prepared> {
    const link = await this.portal.readLink(linkId);
    if (!link) return { now: 'drop', why: 'The link has expired.' };
    const { licenses } = await this.bus.send(ListBuyerLicenses, { email: link.email }, { timeoutMs: 4_000 });
    if (!licenses.length) return { now: 'drop', why: 'Nothing was sold to the address.' };
    const token = newPortalToken();
    await this.portal.addToken(linkId, token);
    const { publicUrl, mailLocale } = this.config;
    return { now: 'send', mail: portalLinkMail({ ...link, token }, publicUrl, wordsOf(mailLocale)) };
  }
}
