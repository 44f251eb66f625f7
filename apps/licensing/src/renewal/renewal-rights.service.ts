import { Injectable } from '@nestjs/common';
import {
  LicenseRevoked,
  RenewalNotPaid,
  ValidationFailed,
  type GrantRenewalRequest,
  type RenewalRight,
} from '#contracts';
import { Clock } from '../clock/clock.service.js';
import type { Issuance } from '../licenses/issuance.repository.js';
import { LicenseKeys } from '../licenses/license-keys.service.js';
import { PlanCatalog } from '../plans/plan-catalog.js';
import { NewBlobsService } from './new-blobs.service.js';
import { decideRenewal, renewedTerms } from './renewal.rules.js';
import { RenewalsRepository, type Renewable, type Right } from './renewals.repository.js';

/** Who may have a license renewed: who paid for it, or whose tier allows it. */
@Injectable()
export class RenewalRightsService {
  constructor(
    private readonly books: RenewalsRepository,
    private readonly blobs: NewBlobsService,
    private readonly keys: LicenseKeys,
    private readonly plans: PlanCatalog,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal `validation_failed` when the order has paid for another license */
  async grant({ license_key, order, years }: GrantRenewalRequest, grantedBy: string): Promise<RenewalRight> {
    const license = await this.blobs.lock(this.keys.read(license_key));
    if (license.revoked_at) throw LicenseRevoked.with('A license that was revoked is not renewed.');
    const wanted = { order_ref: order, license_key: license.license_key, years: years ?? this.policy(license).years };
    const right = await this.books.grant(wanted, grantedBy);
    if (right.license_key !== wanted.license_key) throw otherLicense();
    return { license_key: right.license_key, order, years: right.years, used: right.issuance_id !== null };
  }

  /**
   * Uses up a right to renew the license that the transaction has locked.
   * @returns what is to be signed; null when it was renewed a moment ago
   * @throws Refusal `renewal_not_paid`
   */
  async take(license: Renewable): Promise<Issuance | null> {
    const now = this.clock.now();
    const policy = this.policy(license);
    const right = await this.books.unusedRight(license.license_key);
    const decision = decideRenewal({ ...license, now, policy, paid_years: right?.years ?? null });
    if (decision.renew === 'done') return null;
    if (decision.renew === 'not_paid') throw notPaid(policy.checkout_url, license.license_key);
    return right ? this.takeRight(license, right) : this.begin(license, decision.years, 'policy');
  }

  /** The right of an order, while it can be used. */
  async unusedOf(order: string): Promise<Right | null> {
    const right = await this.books.right(order);
    return right && !right.issuance_id && !right.withdrawn_at ? right : null;
  }

  /** Uses up one right, however short ago the license was renewed. @returns what is to be signed */
  async takeRight(license: Renewable, right: Right): Promise<Issuance> {
    const issuance = await this.begin(license, right.years, `order ${right.order_ref}`);
    await this.books.use(right, issuance.id);
    return issuance;
  }

  private begin(license: Renewable, years: number, requested_by: string): Promise<Issuance> {
    return this.blobs.reserve(license.license_key, {
      purpose: 'renew',
      features: this.plans.ofTier(license.tier).features,
      ...renewedTerms(license.expires_at, years, this.clock.now()),
      requested_by,
    });
  }

  private policy({ tier }: Renewable) {
    return this.plans.renewalOf(tier);
  }
}

/** The store hands the license key back with the order. */
function notPaid(checkout: string, license_key: string) {
  const url = new URL(checkout);
  url.searchParams.set('license_key', license_key);
  const detail = 'Renew it with a new order; the address is in checkout_url.';
  return RenewalNotPaid.with({ detail, members: { checkout_url: url.href } });
}

const otherLicense = () =>
  ValidationFailed.with({
    detail: 'Mend these fields: order.',
    errors: [{ field: 'order', code: 'taken', detail: 'This order has paid for the renewal of another license.' }],
  });
