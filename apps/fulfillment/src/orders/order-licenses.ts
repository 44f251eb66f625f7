import {
  LicenseRevoked,
  MintLicense,
  NotFound,
  Refusal,
  RestoreLicense,
  RevokeLicense,
  SetLicenseTerms,
  SuspendLicense,
  type LicenseRecord,
} from '#contracts';
import type { OrderSnapshot } from '../storefronts/order-snapshot.js';
import { buyerName } from './buyer-name.rules.js';
import { linesOf, type SoldTerms } from './orders.rules.js';
import { unlessRefused, type Step } from './step.js';

/** A license that ends sooner is not minted any more. */
const TOO_SHORT_MS = 5_000;

/** Why a license is revoked on a store's word; an operator has other reasons, and those stand. */
const REASONS_OF_STORES = ['refunded', 'charged back'];
const PAID_AGAIN =
  'Its store says that the order is paid after all. Revoked is for good: mint another license by hand.';

const wasTakenBack = ({ status, revoked_reason }: LicenseRecord): boolean =>
  status === 'revoked' && REASONS_OF_STORES.includes(revoked_reason ?? '');

/** The licenses that an order makes: one, or as many as were bought when its product is licensed by the piece. */
export class OrderLicenses {
  /** @param known key of the license as far as we know */
  constructor(
    private readonly order: OrderSnapshot,
    private readonly known: string | null,
    private readonly step: Step,
  ) {}

  /** The same line gives the same license. One that was suspended for a dispute is put back; a revoked one stays so. */
  mint({ terms, copies }: { terms: SoldTerms; copies: number }): Promise<string | null> {
    return this.each(copies, async (line) => {
      const license = await this.inForce(line, terms);
      if (license && wasTakenBack(license)) throw LicenseRevoked.with(PAID_AGAIN);
      if (license?.status === 'suspended') await this.step(RestoreLicense, { gumroad_order_id: line });
      return license?.license_key ?? null;
    });
  }

  revoke({ copies, reason }: { copies: number; reason: string }): Promise<string | null> {
    return this.each(copies, (line) => this.unlessGone(this.step(RevokeLicense, { gumroad_order_id: line, reason })));
  }

  suspend({ copies }: { copies: number }): Promise<string | null> {
    const reason = 'disputed';
    return this.each(copies, (line) => this.unlessGone(this.step(SuspendLicense, { gumroad_order_id: line, reason })));
  }

  /** Null: there is none, and one that is over is not made. */
  private async inForce(line: string, { tier, years, paid_until }: SoldTerms): Promise<LicenseRecord | null> {
    const buyer = { name: buyerName(this.order.name, this.order.email!), email: this.order.email! };
    if (paid_until === undefined) return this.step(MintLicense, { ...buyer, tier, years, order: line });
    if (Date.parse(paid_until) > Date.now() + TOO_SHORT_MS) {
      const made = await this.step(MintLicense, { ...buyer, tier, expires_at: paid_until, order: line });
      if (made.status === 'revoked') return made;
    }
    const agreed = this.step(SetLicenseTerms, { order: line, tier, expires_at: paid_until });
    return unlessRefused(agreed, NotFound, LicenseRevoked);
  }

  private async each(copies: number, act: (line: string) => Promise<string | null>): Promise<string | null> {
    const keys: (string | null)[] = [];
    for (const line of linesOf(this.order.order_id, copies)) keys.push(await act(line));
    return keys[0] ?? null;
  }

  /** There may be none: a refund or a dispute can be told before the sale was. */
  private async unlessGone(answer: Promise<LicenseRecord>): Promise<string | null> {
    try {
      return (await answer).license_key;
    } catch (error) {
      if (error instanceof Refusal && error.is(NotFound)) return null;
      if (error instanceof Refusal && error.is(LicenseRevoked)) return this.known;
      throw error;
    }
  }
}
