import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { IdempotencyKeyReused, SignBlob, type Call, type LicenseRecord, type MintLicenseRequest } from '#contracts';
import { Transactions } from '#persistence';
import { IdempotencyRepository, type Slot } from './idempotency.repository.js';
import { claimsOf } from './blob-claims.rules.js';
import type { Issuance } from './issuance.repository.js';
import { IssuingService } from './issuing.service.js';
import { bodyHash } from './license-terms.rules.js';
import { ReservationsService } from './reservations.service.js';

/** Either what is to be signed, or the answer when there is nothing left to sign. */
type Opened = { slot?: Slot; issuance: Issuance } | { answer: LicenseRecord };

/** Who asked: keys of two internal callers never meet. */
const requesterOf = ({ actor, caller }: Call): string => (actor?.kind === 'caller' ? actor.caller : caller);

/**
 * Mints in three steps: reserve (committed), sign, store. No transaction waits for the bus; a crash between the steps
 * leaves a row of the log that the next try for the same order or key goes on with; no signature is without its row.
 */
@Injectable()
export class MintingService {
  constructor(
    private readonly tx: Transactions,
    private readonly bus: Bus,
    private readonly idempotency: IdempotencyRepository,
    private readonly reservations: ReservationsService,
    private readonly issuing: IssuingService,
  ) {}

  async mint(request: MintLicenseRequest, call: Call): Promise<LicenseRecord> {
    const opened = await this.tx.run(() => this.open(request, requesterOf(call)));
    if ('answer' in opened) return opened.answer;
    const { slot, issuance } = opened;
    const { blob, kid } = await this.bus.send(SignBlob, claimsOf(issuance));
    return this.tx.run(async () => this.settle(slot, await this.issuing.store(issuance, blob, kid)));
  }

  private async open(request: MintLicenseRequest, requester: string): Promise<Opened> {
    const slot = await this.slotOf(request, requester);
    if (slot?.answer) return { answer: slot.answer };
    const begun = slot?.issuance_id ? await this.reservations.find(slot.issuance_id) : undefined;
    const issuance = begun ?? (await this.reservations.reserve(request, requester));
    if (slot) await this.idempotency.bind(slot, issuance.id);
    const done = await this.issuing.find(issuance);
    return done ? { answer: await this.settle(slot, done) } : { slot, issuance };
  }

  private async slotOf(request: MintLicenseRequest, requester: string): Promise<Slot | undefined> {
    if (request.idempotency_key === undefined) return undefined;
    const hash = bodyHash(request);
    const slot = await this.idempotency.open(requester, request.idempotency_key, hash);
    if (slot.body_hash !== hash) throw IdempotencyKeyReused.with();
    return slot;
  }

  private async settle(slot: Slot | undefined, record: LicenseRecord): Promise<LicenseRecord> {
    return slot ? this.idempotency.answer(slot, record) : record;
  }
}
