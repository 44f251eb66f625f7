import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { NotFound, ReadLicense, ReadMailToken, Refusal, TokenInvalid, type ErrorSpec, type MailKind } from '#contracts';
import { FulfillmentConfig } from '../fulfillment.config.js';
import { PortalMailsService } from '../portal/portal-mails.service.js';
import { SuppressionsRepository } from './suppressions/suppressions.repository.js';
import type { Prepared } from './mail-content.js';
import type { MailLease } from './mail.repository.js';
import { accountMail } from './templates/account-mails.js';
import { licenseMail, type LicenseMailKind } from './templates/license-mail.js';
import { wordsOf } from './words/words.js';

const AS = { timeoutMs: 4_000 };
/** A license whose order is disputed may come back into force. */
const LOOK_AGAIN_SECONDS = 600;

/** Domain of the addresses that licensing puts in the place of people who are erased. */
const NOBODY = '@erased.invalid';

/** Looks up what a mail says and whom it goes to, at the moment when it is sent. */
@Injectable()
export class MailPreparationService {
  constructor(
    private readonly bus: Bus,
    private readonly config: FulfillmentConfig,
    private readonly portal: PortalMailsService,
    private readonly suppressions: SuppressionsRepository,
  ) {}

  /** @throws Refusal when the owner of the data cannot be asked */
  async prepare(mail: MailLease): Promise<Prepared> {
    const prepared = await this.write(mail);
    if (prepared.now !== 'send') return prepared;
    const suppressed = await this.suppressions.find(prepared.mail.to.address);
    if (!suppressed) return prepared;
    return { now: 'suppress', why: `The address gets no mail (${suppressed.reason}) until that is lifted.` };
  }

  private write(mail: MailLease): Promise<Prepared> {
    const { template } = mail;
    if (template === 'license' || template === 'license_changed') return this.license(template, mail.license_key!);
    if (template === 'portal_link') return this.portal.prepare(mail.token_id!);
    return this.account(template, mail.token_id!);
  }

  private async license(template: LicenseMailKind, license_key: string): Promise<Prepared> {
    const license = await this.unless(NotFound, this.bus.send(ReadLicense, { license_key }, AS));
    if (!license) return { now: 'drop', why: 'The license no longer exists.' };
    if (license.email.endsWith(NOBODY)) return { now: 'drop', why: 'The buyer was erased.' };
    if (license.status === 'revoked') return { now: 'drop', why: 'The license was revoked before its mail was sent.' };
    if (license.status === 'suspended') {
      return { now: 'wait', why: 'The license is suspended.', seconds: LOOK_AGAIN_SECONDS };
    }
    return { now: 'send', mail: licenseMail(template, license, this.words) };
  }

  private async account(kind: MailKind, token_id: string): Promise<Prepared> {
    const token = await this.unless(TokenInvalid, this.bus.send(ReadMailToken, { token_id }, AS));
    if (!token) return { now: 'drop', why: 'The link was used or has expired.' };
    return { now: 'send', mail: accountMail(kind, token, this.config.publicUrl, this.words) };
  }

  private get words() {
    return wordsOf(this.config.mailLocale);
  }

  private async unless<T>(expected: ErrorSpec, answer: Promise<T>): Promise<T | null> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof Refusal && error.is(expected)) return null;
      throw error;
    }
  }
}
