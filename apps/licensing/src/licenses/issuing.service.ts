import { Injectable } from '@nestjs/common';
import { LicenseIssued, type LicenseRecord } from '#contracts';
import { Outbox } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { IssuanceRepository, type Issuance } from './issuance.repository.js';
import { LicensesRepository } from './licenses.repository.js';

/** Turns a signed reservation into a license, once. */
@Injectable()
export class IssuingService {
  constructor(
    private readonly licenses: LicensesRepository,
    private readonly issuances: IssuanceRepository,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** The license that a reservation has become, if it has. */
  async find(issuance: Issuance): Promise<LicenseRecord | undefined> {
    return (await this.licenses.find({ issuance_id: issuance.id }))?.toRecord(this.clock.now());
  }

  /** Stores the blob unless a parallel mint of the same reservation was faster, and tells the others once. */
  async store(issuance: Issuance, blob: string, kid: string): Promise<LicenseRecord> {
    if (await this.licenses.insertSigned(issuance, blob, kid)) {
      await this.issuances.complete(issuance.id, kid, this.clock.now());
      const license = await this.licenses.find({ license_key: issuance.license_key });
      const data = { license_key: issuance.license_key, tier: issuance.tier, order: license!.gumroad_order_id };
      await this.outbox.append(LicenseIssued, data, { key: issuance.license_key });
    }
    const record = await this.find(issuance);
    if (!record) throw new Error('the key or order of a reservation belongs to another license');
    return record;
  }
}
