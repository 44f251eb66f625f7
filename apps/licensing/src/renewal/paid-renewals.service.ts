import { Injectable } from '@nestjs/common';
import { NotFound, type LicenseRecord } from '#contracts';
import { Transactions } from '#persistence';
import { LicensesService } from '../licenses/licenses.service.js';
import { endWithout, type WantedTerms } from './new-terms.rules.js';
import { NewTermsService } from './new-terms.service.js';
import { RenewalsRepository, type Renewable, type Right } from './renewals.repository.js';
import { RenewalsService } from './renewals.service.js';

/** Renewals that are sold one by one: made as soon as they are paid for, and taken back with their money. */
@Injectable()
export class PaidRenewalsService {
  constructor(
    private readonly tx: Transactions,
    private readonly books: RenewalsRepository,
    private readonly renewals: RenewalsService,
    private readonly terms: NewTermsService,
    private readonly licenses: LicensesService,
  ) {}

  /** @throws Refusal `not_found`, `license_revoked`, `license_suspended` */
  async use(order: string): Promise<LicenseRecord> {
    const { license_key } = await this.right(order);
    await this.renewals.renewBy(license_key, order);
    return this.licenses.read(license_key);
  }

  /** @throws Refusal `not_found` */
  async withdraw(order: string): Promise<LicenseRecord> {
    const right = await this.right(order);
    if (right.withdrawn_at || (await this.withdrawUnused(right))) return this.licenses.read(right.license_key);
    await this.terms.bringAbout(right.license_key, {
      wanted: async (license) => without(license, await this.right(order)),
      note: () => this.books.withdraw(right),
    });
    return this.licenses.read(right.license_key);
  }

  private withdrawUnused({ order_ref, license_key }: Right): Promise<boolean> {
    return this.tx.run(async () => {
      await this.books.lock(license_key);
      const right = await this.right(order_ref);
      if (right.issuance_id !== null) return false;
      await this.books.withdraw(right);
      return true;
    });
  }

  private async right(order: string): Promise<Right> {
    const right = await this.books.right(order);
    if (!right) throw NotFound.with('No renewal was paid for by this order.');
    return right;
  }
}

/** A revoked license has no terms left that could be shortened; what was withdrawn is not withdrawn twice. */
function without(license: Renewable, { years, order_ref, withdrawn_at }: Right): WantedTerms | null {
  if (license.revoked_at || withdrawn_at) return null;
  return { tier: license.tier, expires_at: endWithout(license, years), requested_by: `refund of order ${order_ref}` };
}
