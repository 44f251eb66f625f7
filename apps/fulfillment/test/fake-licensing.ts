import { randomBytes } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  LicenseBlobChanged,
  LicenseIssued,
  ListBuyerLicenses,
  RenewalNotPaid,
  RenewLicense,
  LicenseRevoked,
  LicenseStatusChanged,
  MintLicense,
  NotFound,
  ReadLicense,
  RestoreLicense,
  RevokeLicense,
  SuspendLicense,
  Unavailable,
  type BuyerLicenses,
  type BuyerRequest,
  type LicenseRecord,
  type RenewalRight,
  type RenewLicenseRequest,
  type MintLicenseRequest,
  type ReadLicenseRequest,
  type RestoreLicenseRequest,
  type RevokeLicenseRequest,
  type SuspendLicenseRequest,
} from '#contracts';
import { newId, Outbox } from '#persistence';

/** What the fake licensing knows; shared with the test. */
export class LicenseBook {
  readonly licenses = new Map<string, LicenseRecord>();
  /** Keys whose renewal is paid for, and whether it was made. */
  readonly paid = new Map<string, boolean>();
  /** Renewals that orders have paid for. */
  readonly rights = new Map<string, RenewalRight>();
  mints = 0;
  /** Refuses everything with `unavailable` this many times. */
  failures = 0;
  /** Runs before a license is minted. */
  beforeMint: () => Promise<void> = () => Promise.resolve();

  ofOrder(order: string): LicenseRecord | undefined {
    return [...this.licenses.values()].find((l) => l.gumroad_order_id === order);
  }

  reset(): void {
    this.licenses.clear();
    this.paid.clear();
    this.rights.clear();
    this.mints = 0;
    this.failures = 0;
    this.beforeMint = () => Promise.resolve();
  }

  mayFail(): void {
    if (this.failures-- > 0) throw Unavailable.with();
  }
}

function licenseOf(input: MintLicenseRequest): LicenseRecord {
  const part = () => randomBytes(2).toString('hex').toUpperCase();
  const issued = new Date();
  const expires = new Date(issued);
  expires.setUTCFullYear(issued.getUTCFullYear() + (input.years ?? 1));
  return {
    license_key: `DT1-${input.tier.toUpperCase()}-${part()}-${part()}`,
    tier: input.tier,
    issued_at: issued.toISOString(),
    expires_at: input.expires_at ?? expires.toISOString(),
    status: 'active',
    name: input.name,
    email: input.email,
    blob: `DTLIC2:${randomBytes(200).toString('base64url')}.${randomBytes(64).toString('base64url')}`,
    gumroad_order_id: input.order ?? null,
    revoked_at: null,
    revoked_reason: null,
    suspended_at: null,
    suspended_reason: null,
    notes: null,
    user_id: null,
  };
}

/** Licensing as its contract describes it, without plans and signatures. */
@Controller()
export class FakeLicensing {
  constructor(
    private readonly book: LicenseBook,
    private readonly outbox: Outbox,
  ) {}

  @Handles(MintLicense)
  async mint(input: MintLicenseRequest): Promise<LicenseRecord> {
    this.book.mayFail();
    await this.book.beforeMint();
    const known = input.order && this.book.ofOrder(input.order);
    if (known) return known;
    const license = licenseOf(input);
    this.book.mints += 1;
    this.book.licenses.set(license.license_key, license);
    const { license_key, tier } = license;
    await this.outbox.append(LicenseIssued, { license_key, tier, order: input.order ?? null });
    return license;
  }

  @Handles(RevokeLicense)
  async revoke({ gumroad_order_id, reason }: RevokeLicenseRequest): Promise<LicenseRecord> {
    const license = this.found(gumroad_order_id!);
    if (license.status !== 'revoked') {
      Object.assign(license, {
        status: 'revoked',
        revoked_at: new Date().toISOString(),
        revoked_reason: reason ?? null,
      });
      await this.tell(license, 'revoked');
    }
    return license;
  }

  @Handles(SuspendLicense)
  async suspend({ gumroad_order_id }: SuspendLicenseRequest): Promise<LicenseRecord> {
    return this.turn(gumroad_order_id, 'suspended');
  }

  @Handles(RestoreLicense)
  async restore({ gumroad_order_id }: RestoreLicenseRequest): Promise<LicenseRecord> {
    return this.turn(gumroad_order_id, 'active');
  }

  @Handles(ReadLicense, { transaction: false })
  async read({ license_key }: ReadLicenseRequest): Promise<LicenseRecord> {
    const license = this.book.licenses.get(license_key);
    if (!license) throw NotFound.with();
    return license;
  }

  @Handles(ListBuyerLicenses, { transaction: false })
  async ofBuyer({ email }: BuyerRequest): Promise<BuyerLicenses> {
    const theirs = [...this.book.licenses.values()].filter((l) => l.email.toLowerCase() === email.toLowerCase());
    const shown = ({ license_key, tier, issued_at, expires_at, status }: LicenseRecord) => ({
      ...{ license_key, tier, issued_at, expires_at, status },
    });
    return { licenses: theirs.map(shown) };
  }

  @Handles(RenewLicense)
  async renew({ license_key, email }: RenewLicenseRequest): Promise<LicenseRecord> {
    const license = this.book.licenses.get(license_key);
    if (!license || license.email.toLowerCase() !== email.toLowerCase()) throw NotFound.with();
    if (license.status === 'revoked') throw LicenseRevoked.with();
    if (!this.book.paid.has(license_key)) throw RenewalNotPaid.with({ members: { checkout_url: 'https://shop.test' } });
    if (this.book.paid.get(license_key)) return license;
    this.book.paid.set(license_key, true);
    license.blob = `${license.blob}renewed`;
    const data = { license_key, issuance_id: newId(), reason: 'renewed' as const, mail: true };
    await this.outbox.append(LicenseBlobChanged, data);
    return license;
  }

  private async turn(order: string, status: 'active' | 'suspended'): Promise<LicenseRecord> {
    const license = this.found(order);
    if (license.status === 'revoked') throw LicenseRevoked.with();
    if (license.status === status) return license;
    await this.tell(license, status === 'active' ? 'restored' : 'suspended');
    return Object.assign(license, { status });
  }

  private tell({ license_key, revoked_reason: reason }: LicenseRecord, change: string): Promise<void> {
    return this.outbox.append(LicenseStatusChanged, { license_key, change, reason });
  }

  private found(order: string): LicenseRecord {
    this.book.mayFail();
    const license = this.book.ofOrder(order);
    if (!license) throw NotFound.with();
    return license;
  }
}
