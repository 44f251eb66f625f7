import { Injectable } from '@nestjs/common';
import { Refusal, type MintLicenseRequest } from '#contracts';
import { newId } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { PlanCatalog } from '../plans/plan-catalog.js';
import { IssuanceRepository, type Issuance, type NewIssuance, type OrderedIssuance } from './issuance.repository.js';
import { LicenseKeys } from './license-keys.service.js';
import { refuseHiddenControls, termsOf } from './license-terms.rules.js';

/** With 40 random bits a second draw is rare; more than a few mean that the source of randomness is broken. */
const MOST_DRAWS = 8;
const NO_KEY = `no free license key in ${MOST_DRAWS} draws`;

/** A request that names the order that paid. */
export type OrderedMint = MintLicenseRequest & { order: string };

/** What has become of orders: their reservations, or why they have none. */
export type Settled = Map<string, OrderedIssuance | Refusal>;

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

  /**
   * The reservations of many requests, by their orders. What a request is refused for is its own matter: its refusal
   * stands in the place of its reservation.
   */
  async reserveAll(requests: readonly OrderedMint[], requestedBy: string): Promise<Settled> {
    const settled: Settled = new Map();
    note(settled, await this.issuances.findByOrders(requests.map(({ order }) => order)));
    const missing = requests.filter(({ order }) => !settled.has(order));
    await this.drawAll(this.rowsOf(missing, requestedBy, settled), settled);
    return settled;
  }

  private rowsOf(requests: readonly OrderedMint[], requestedBy: string, settled: Settled): NewIssuance[] {
    return requests.flatMap((request) => {
      try {
        return [this.rowOf(request, requestedBy)];
      } catch (error) {
        if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
        settled.set(request.order, error);
        return [];
      }
    });
  }

  private async drawAll(rows: NewIssuance[], settled: Settled): Promise<void> {
    const left = () => rows.filter((row) => !settled.has(row.gumroad_order_id!));
    for (let draw = 0, open = left(); open.length; draw++, open = left()) {
      if (draw === MOST_DRAWS) throw new Error(NO_KEY);
      const drawn = open.map((row) => ({ ...row, license_key: this.keys.next(row.tier) }));
      note(settled, await this.issuances.reserveAll(drawn));
      // What was not made is reserved by a parallel import for the same order, or its key is taken.
      const taken = left();
      if (taken.length) note(settled, await this.issuances.findByOrders(taken.map((row) => row.gumroad_order_id!)));
    }
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
    throw new Error(NO_KEY);
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

function note(settled: Settled, found: readonly OrderedIssuance[]): void {
  for (const one of found) settled.set(one.gumroad_order_id, one);
}
