import { Controller } from '@nestjs/common';
import { Handles, Listens } from '#bus';
import {
  LicenseBlobChanged,
  LicenseIssued,
  LicenseStatusChanged,
  ListMail,
  MailRequested,
  ResendMail,
  type LicenseBlobChangedData,
  type LicenseIssuedData,
  type LicenseStatusChangedData,
  type ListMailRequest,
  type Mail,
  type MailPage,
  type MailRequestedData,
  type ResendMailRequest,
} from '#contracts';
import { MailQueries } from './mail.queries.js';
import { MailService } from './mail.service.js';

@Controller()
export class MailController {
  constructor(
    private readonly mail: MailService,
    private readonly queries: MailQueries,
  ) {}

  /** Whoever had it minted, a license is delivered once. */
  @Listens(LicenseIssued)
  licenseIssued({ license_key }: LicenseIssuedData): Promise<void> {
    return this.mail.enqueue({ key: `license:${license_key}`, template: 'license', license_key });
  }

  /** A new blob is a new mail; the license's first one stays as it is. */
  @Listens(LicenseBlobChanged)
  async blobChanged({ license_key, issuance_id, mail }: LicenseBlobChangedData): Promise<void> {
    const key = `license:${license_key}:${issuance_id}`;
    if (mail) await this.mail.enqueue({ key, template: 'license_changed', license_key });
  }

  /** What waits for the end of a suspension need not wait any longer, or is not sent at all. */
  @Listens(LicenseStatusChanged)
  async statusChanged({ license_key, change }: LicenseStatusChangedData): Promise<void> {
    if (change === 'restored' || change === 'revoked') await this.mail.lookAgain(license_key);
  }

  @Listens(MailRequested)
  mailRequested({ token_id, user_id, template, again }: MailRequestedData): Promise<void> {
    const key = `${template}:${token_id}${again ? ':again' : ''}`;
    return this.mail.enqueue({ key, template, token_id, user_id });
  }

  @Handles(ListMail, { transaction: false })
  list(input: ListMailRequest): Promise<MailPage> {
    return this.queries.page(input);
  }

  @Handles(ResendMail)
  resend({ id }: ResendMailRequest): Promise<Mail> {
    return this.mail.resend(id).then(() => this.queries.one(id));
  }
}
