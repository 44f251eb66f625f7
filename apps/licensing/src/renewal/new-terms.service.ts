import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { SignBlob, Unavailable, type SignedBlob } from '#contracts';
import { Transactions } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { claimsOf } from '../licenses/blob-claims.rules.js';
import type { Issuance } from '../licenses/issuance.repository.js';
import { PlanCatalog } from '../plans/plan-catalog.js';
import { NewBlobsService } from './new-blobs.service.js';
import { changeOf, issuedFor, type WantedTerms } from './new-terms.rules.js';
import type { Renewable } from './renewals.repository.js';

/** More turns than this mean that something changes the license all the time. */
const MOST_TURNS = 5;

/** What a license that the transaction has locked is to become. Asked again when it has changed meanwhile. */
export interface NewTerms {
  wanted(license: Renewable): WantedTerms | null | Promise<WantedTerms | null>;
  /** Written together with the new blob, or alone when there is none. */
  note(license: Renewable): Promise<void>;
}

interface Begun {
  before: Renewable;
  issuance: Issuance;
  /** A renewal that was cut off before; it is finished first. */
  renewal: boolean;
}

/** Gives a license other terms in three steps, as minting does: log (committed), sign, store. */
@Injectable()
export class NewTermsService {
  constructor(
    private readonly tx: Transactions,
    private readonly bus: Bus,
    private readonly blobs: NewBlobsService,
    private readonly plans: PlanCatalog,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal `not_found`, and whatever `terms` throws */
  async bringAbout(license_key: string, terms: NewTerms): Promise<void> {
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      const begun = await this.tx.run(() => this.begin(license_key, terms));
      if (!begun) return;
      const signed = await this.bus.send(SignBlob, claimsOf(begun.issuance));
      if (await this.tx.run(() => this.finish(begun, signed, terms))) return;
    }
    throw Unavailable.with('The license is being changed by others; ask again.');
  }

  private async begin(license_key: string, terms: NewTerms): Promise<Begun | null> {
    const before = await this.blobs.lock(license_key);
    const wanted = await terms.wanted(before);
    const open = await this.blobs.open(license_key);
    if (open) return { before, issuance: open, renewal: true };
    if (!wanted || !changeOf(before, wanted)) {
      await terms.note(before);
      return null;
    }
    return { before, issuance: await this.reserve(before, wanted), renewal: false };
  }

  private reserve(license: Renewable, { tier, expires_at, requested_by }: WantedTerms): Promise<Issuance> {
    const features = this.plans.ofTier(tier).features;
    const issued_at = issuedFor(license, expires_at, this.clock.now());
    const terms = { purpose: 'terms' as const, tier, features, issued_at, expires_at, requested_by };
    return this.blobs.reserve(license.license_key, terms);
  }

  /** @returns false when there is something left to do */
  private async finish({ before, issuance, renewal }: Begun, signed: SignedBlob, terms: NewTerms): Promise<boolean> {
    const license = await this.blobs.lock(issuance.license_key);
    if (renewal) {
      await this.blobs.store(issuance, { ...signed, reason: 'renewed', mail: true });
      return false;
    }
    if (changeOf(before, license) || (await this.blobs.open(license.license_key))) return false;
    await this.blobs.store(issuance, { ...signed, ...changeOf(license, issuance)! });
    await terms.note(license);
    return true;
  }
}
