import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import {
  LicenseRevoked,
  ListBuyerLicenses,
  NotFound,
  RateLimited,
  ReadLicense,
  RenewLicense,
  type Empty,
  type LicenseRecord,
  type PortalLicenseRequest,
  type PortalLicenses,
  type RenewedLicense,
} from '#contracts';
import { newId, Transactions } from '#persistence';
import { MailService } from '../mail/mail.service.js';
import { PortalAccessService } from './portal-access.service.js';
import { PortalRepository } from './portal.repository.js';

const MOST_MAILS = 5;
const HOUR = 3_600;

/** What a buyer can do with the own licenses. No transaction is open while licensing is asked. */
@Injectable()
export class PortalLicensesService {
  constructor(
    private readonly tx: Transactions,
    private readonly bus: Bus,
    private readonly access: PortalAccessService,
    private readonly portal: PortalRepository,
    private readonly mail: MailService,
  ) {}

  async list(session: string): Promise<PortalLicenses> {
    return this.bus.send(ListBuyerLicenses, { email: await this.access.buyer(session) });
  }

  /** @throws Refusal `license_revoked` (P6), `rate_limited` */
  async resend({ session, license_key }: PortalLicenseRequest): Promise<Empty> {
    const license = await this.own(await this.access.buyer(session), license_key);
    if (license.status === 'revoked') throw LicenseRevoked.with('A license that was revoked is not sent again.');
    const key = license.license_key;
    await this.tx.run(async () => {
      if ((await this.portal.recentMails(key)) >= MOST_MAILS) throw RateLimited.with({ retry_after: HOUR });
      await this.mail.enqueue({ key: `license:${key}:${newId()}`, template: 'license', license_key: key });
    });
    return {};
  }

  async renew({ session, license_key }: PortalLicenseRequest): Promise<RenewedLicense> {
    const email = await this.access.buyer(session);
    const renewed = await this.bus.send(RenewLicense, { license_key, email }, { timeoutMs: 8_000 });
    const { license_key: key, tier, issued_at, expires_at, status, blob } = renewed;
    return { license_key: key, tier, issued_at, expires_at, status, blob };
  }

  private async own(email: string, license_key: string): Promise<LicenseRecord> {
    const license = await this.bus.send(ReadLicense, { license_key });
    if (license.email.toLowerCase() !== email.toLowerCase()) throw NotFound.with('There is no license with this key.');
    return license;
  }
}
