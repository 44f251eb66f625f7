import { GrantRenewal, LicenseRevoked, NotFound, ReadLicense, UseRenewal, WithdrawRenewal } from '#contracts';
import type { OrderSnapshot } from '../storefronts/order-snapshot.js';
import type { SoldTerms } from './orders.rules.js';
import { unlessRefused, type Step } from './step.js';

/** An order that pays for the renewal of a license that there is already, named by its key at the checkout. */
export class RenewalOrder {
  /** @param known key that the order is known to belong to */
  constructor(
    private readonly order: OrderSnapshot,
    private readonly known: string | null,
    private readonly step: Step,
  ) {}

  /**
   * Renews at once; the buyer is mailed the new blob.
   * @returns null when the named license is not one that this order can renew; the buyer has paid for a license then
   */
  async renew({ renews, terms }: { renews: string; terms: SoldTerms }): Promise<string | null> {
    const license_key = await this.renewable(renews, terms);
    if (!license_key) return null;
    const order = this.order.order_id;
    const right = this.step(GrantRenewal, { license_key, order, years: terms.years });
    const granted = await unlessRefused(right, LicenseRevoked);
    if (granted) await unlessRefused(this.step(UseRenewal, { order }), LicenseRevoked);
    return license_key;
  }

  /** Takes back the renewal that the order paid for. @returns key of its license; null when it renewed none */
  async withdraw(): Promise<string | null> {
    if (!this.order.renews) return null;
    const withdrawn = this.step(WithdrawRenewal, { order: this.order.order_id });
    return (await unlessRefused(withdrawn, NotFound))?.license_key ?? null;
  }

  /** The key comes from an address that anybody can type: license, buyer and what was bought must belong together. */
  private async renewable(renews: string, { tier }: SoldTerms): Promise<string | null> {
    const license = await unlessRefused(this.step(ReadLicense, { license_key: renews }), NotFound);
    if (!license) return null;
    if (this.known) return license.license_key === this.known ? this.known : null;
    const isTheirs = license.email.toLowerCase() === this.order.email?.toLowerCase();
    return isTheirs && license.tier === tier && license.status !== 'revoked' ? license.license_key : null;
  }
}
