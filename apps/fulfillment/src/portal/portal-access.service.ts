import { Injectable } from '@nestjs/common';
import { TokenInvalid, Unauthenticated, type Empty, type PortalSession } from '#contracts';
import { MailService } from '../mail/mail.service.js';
import { newPortalToken } from './portal-token.rules.js';
import { PortalRepository } from './portal.repository.js';

/** Links that one address gets within an hour; what is asked beyond is answered alike and mailed to nobody. */
const MOST_LINKS = 5;

/** Lets buyers in by links that are mailed to them. */
@Injectable()
export class PortalAccessService {
  constructor(
    private readonly portal: PortalRepository,
    private readonly mail: MailService,
  ) {}

  /** Does the same for every address: whether it has bought anything is found out when the mail is due (P3). */
  async requestLink(email: string): Promise<Empty> {
    await this.portal.forgetOver();
    const id = await this.portal.addLink(email, MOST_LINKS);
    if (id) await this.mail.enqueue({ key: `portal_link:${id}`, template: 'portal_link', token_id: id });
    return {};
  }

  /** @throws Refusal `token_invalid` */
  async open(token: string): Promise<PortalSession> {
    const email = await this.portal.useLink(token);
    if (!email) throw TokenInvalid.with('The link was used or has expired; ask for a new one.');
    const session = newPortalToken();
    return { session, expires_at: (await this.portal.addSession(session, email)).toISOString() };
  }

  /** Whose session it is. @throws Refusal `unauthenticated` */
  async buyer(session: string): Promise<string> {
    const email = session ? await this.portal.emailOf(session) : undefined;
    if (!email) throw Unauthenticated.with('Open the portal by a link; ask for one with your address.');
    return email;
  }
}
