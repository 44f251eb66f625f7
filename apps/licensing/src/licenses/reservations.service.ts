import { Injectable } from '@nestjs/common';
import type { MintLicenseRequest } from '#contracts';
import { newId } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { PlanCatalog } from '../plans/plan-catalog.js';
import { IssuanceRepository, type Issuance, type NewIssuance } from './issuance.repository.js';
import { LicenseKeys } from './license-keys.service.js';
import { refuseHiddenControls, termsOf } from './license-terms.rules.js';

/** With 40 random bits a second draw is rare; more than a few mean that the source of randomness is broken. */
const MOST_DRAWS = 8;

/** Sets down what will be signed: a free key, the terms, and the order that paid. */
@Injectable()
export class ReservationsService {
  constructor(
    private readonly issuances: IssuanceRepository,
    private readonly keys: LicenseKeys,
    private readonly plans: PlanCatalog,
    private readonly clock: Clock,
  ) {}

  find(id: string): Promise<Issuance | undefined> {
    return this.issuances.find(id);
  }

  /** The reservation of the request's order, or a new one. */
  async reserve(request: MintLicenseRequest, requestedBy: string): Promise<Issuance> {
    return (await this.ofOrder(request)) ?? this.draw(this.rowOf(request, requestedBy), request);
  }

  private async ofOrder({ order }: MintLicenseRequest): Promise<Issuance | undefined> {
    return order === undefined ? undefined : this.issuances.findByOrder(order);
  }

  private async draw(row: NewIssuance, request: MintLicenseRequest): Promise<Issuance> {
    for (let draw = 0; draw < MOST_DRAWS; draw++) {
      const made = await this.issuances.reserve({ ...row, license_key: this.keys.next(row.tier) });
      // Nothing was made: either a parallel mint has reserved for this order, or the key is taken.
      const reserved = made ?? (await this.ofOrder(request));
      if (reserved) return reserved;
    }
    throw new Error(`no free license key in ${MOST_DRAWS} draws`);
  }

  private rowOf(request: MintLicenseRequest, requested_by: string): NewIssuance {
    refuseHiddenControls(request.email);
    const { name, email, tier, order, notes } = request;
    return {
      id: newId(),
      license_key: '',
      tier,
      name,
      email,
      features: this.plans.ofTier(tier).features,
      ...termsOf(request, this.clock.now()),
      gumroad_order_id: order ?? null,
      notes: notes ?? null,
      requested_by,
    };
  }
}
