import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  addYears,
  GrantRenewal,
  LicenseBlobChanged,
  LicenseRevoked,
  NotFound,
  SetLicenseTerms,
  UseRenewal,
  WithdrawRenewal,
  type GrantRenewalRequest,
  type LicenseRecord,
  type RenewalOrderRequest,
  type RenewalRight,
  type SetLicenseTermsRequest,
} from '#contracts';
import { newId, Outbox } from '#persistence';
import { LicenseBook } from './fake-licensing.js';

const yearsAfter = (time: string, years: number): string => addYears(new Date(time), years).toISOString();

/** What later sales do to a license, as licensing's contract describes it. */
@Controller()
export class FakeSoldTerms {
  constructor(
    private readonly book: LicenseBook,
    private readonly outbox: Outbox,
  ) {}

  @Handles(SetLicenseTerms)
  async set({ order, tier, expires_at }: SetLicenseTermsRequest): Promise<LicenseRecord> {
    this.book.mayFail();
    const license = this.book.ofOrder(order);
    if (!license) throw NotFound.with();
    if (license.status === 'revoked') throw LicenseRevoked.with();
    return this.change(license, { tier, expires_at });
  }

  @Handles(GrantRenewal)
  async grant({ license_key, order, years = 1 }: GrantRenewalRequest): Promise<RenewalRight> {
    this.book.mayFail();
    const license = this.read(license_key);
    if (license.status === 'revoked') throw LicenseRevoked.with();
    const right = this.book.rights.get(order) ?? { license_key, order, years, used: false };
    this.book.rights.set(order, right);
    return right;
  }

  @Handles(UseRenewal)
  async use({ order }: RenewalOrderRequest): Promise<LicenseRecord> {
    this.book.mayFail();
    const right = this.right(order);
    const license = this.read(right.license_key);
    if (right.used) return license;
    right.used = true;
    return this.change(license, { expires_at: yearsAfter(license.expires_at, right.years) });
  }

  @Handles(WithdrawRenewal)
  async withdraw({ order }: RenewalOrderRequest): Promise<LicenseRecord> {
    this.book.mayFail();
    const right = this.right(order);
    this.book.rights.delete(order);
    const license = this.read(right.license_key);
    return right.used ? this.change(license, { expires_at: yearsAfter(license.expires_at, -right.years) }) : license;
  }

  private async change(license: LicenseRecord, to: Partial<LicenseRecord>): Promise<LicenseRecord> {
    const before = { ...license };
    Object.assign(license, to);
    const later = license.expires_at > before.expires_at;
    if (!later && license.tier === before.tier && license.expires_at === before.expires_at) return license;
    license.blob = `${license.blob}x`;
    const { license_key } = license;
    const mail = later || license.tier !== before.tier;
    const data = { license_key, issuance_id: newId(), reason: later ? 'renewed' : 'changed', mail } as const;
    await this.outbox.append(LicenseBlobChanged, data);
    return license;
  }

  private right(order: string): RenewalRight {
    const right = this.book.rights.get(order);
    if (!right) throw NotFound.with();
    return right;
  }

  private read(key: string): LicenseRecord {
    const license = this.book.licenses.get(key);
    if (!license) throw NotFound.with();
    return license;
  }
}
