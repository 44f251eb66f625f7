import { Injectable } from '@nestjs/common';
import { LicenseRevoked, NotFound, type LicenseRecord, type SetLicenseTermsRequest } from '#contracts';
import { timeOf } from '../clock/times.rules.js';
import { wholeSeconds } from '../licenses/license-terms.rules.js';
import { LicensesRepository } from '../licenses/licenses.repository.js';
import { LicensesService } from '../licenses/licenses.service.js';
import { endOf, type WantedTerms } from './new-terms.rules.js';
import { NewTermsService } from './new-terms.service.js';
import { RenewalsRepository, type Renewable } from './renewals.repository.js';

/** Makes a license agree with what its subscription has paid for. */
@Injectable()
export class SoldTermsService {
  constructor(
    private readonly found: LicensesRepository,
    private readonly licenses: LicensesService,
    private readonly books: RenewalsRepository,
    private readonly terms: NewTermsService,
  ) {}

  /** @throws Refusal `not_found`, `license_revoked`, `validation_failed` for a time that is none */
  async set(request: SetLicenseTermsRequest): Promise<LicenseRecord> {
    const license = await this.found.find({ gumroad_order_id: request.order });
    if (!license) throw NotFound.with('There is no license of this order.');
    const paid = timeOf('expires_at', request.expires_at);
    await this.terms.bringAbout(license.license_key, {
      wanted: (now) => wantedOf(now, request, paid),
      note: ({ license_key }) => this.books.notePaid(license_key, wholeSeconds(paid)),
    });
    return this.licenses.read(license.license_key);
  }
}

function wantedOf(license: Renewable, { tier, order }: SetLicenseTermsRequest, paid: Date): WantedTerms {
  if (license.revoked_at) throw LicenseRevoked.with();
  const expires_at = endOf(license, paid);
  return { tier, expires_at, requested_by: `order ${order}` };
}
