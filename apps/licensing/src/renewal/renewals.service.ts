import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import {
  LicenseRevoked,
  LicenseSuspended,
  NotFound,
  SignBlob,
  type LicenseRecord,
  type RenewLicenseRequest,
} from '#contracts';
import { Transactions } from '#persistence';
import { claimsOf } from '../licenses/blob-claims.rules.js';
import type { Issuance } from '../licenses/issuance.repository.js';
import { LicensesService } from '../licenses/licenses.service.js';
import { NewBlobsService } from './new-blobs.service.js';
import { RenewalRightsService } from './renewal-rights.service.js';
import type { Renewable } from './renewals.repository.js';

/** Renews in three steps, as minting does: log (committed), sign, store. What was cut off is gone on with. */
@Injectable()
export class RenewalsService {
  constructor(
    private readonly tx: Transactions,
    private readonly bus: Bus,
    private readonly rights: RenewalRightsService,
    private readonly blobs: NewBlobsService,
    private readonly licenses: LicensesService,
  ) {}

  async renew({ license_key, email }: RenewLicenseRequest): Promise<LicenseRecord> {
    const { license_key: key } = await this.licenses.read(license_key);
    const issuance = await this.tx.run(async () => this.begin(await this.blobs.lock(key), email));
    if (issuance) {
      const { blob, kid } = await this.bus.send(SignBlob, claimsOf(issuance));
      await this.tx.run(() => this.finish(issuance, blob, kid));
    }
    return this.licenses.read(key);
  }

  /**
   * Renews by the right of one order, which {@link RenewalRightsService.grant} has noted.
   * A renewal that was cut off before is finished first.
   */
  async renewBy(license_key: string, order: string): Promise<void> {
    for (;;) {
      const issuance = await this.tx.run(async () => this.beginBy(await this.blobs.lock(license_key), order));
      if (!issuance) return;
      const { blob, kid } = await this.bus.send(SignBlob, claimsOf(issuance));
      await this.tx.run(() => this.finish(issuance, blob, kid));
    }
  }

  /** @returns what is to be signed; nothing when the order's renewal is made */
  private async beginBy(license: Renewable, order: string): Promise<Issuance | null> {
    const open = await this.blobs.open(license.license_key);
    const right = open ? null : await this.rights.unusedOf(order);
    if (!open && !right) return null;
    refuseOutOfForce(license);
    return open ?? this.rights.takeRight(license, right!);
  }

  /** @returns what is to be signed; nothing when the license was renewed a moment ago */
  private async begin(license: Renewable, email: string): Promise<Issuance | null> {
    if (license.email.toLowerCase() !== email.toLowerCase()) throw NotFound.with('There is no license with this key.');
    refuseOutOfForce(license);
    return (await this.blobs.open(license.license_key)) ?? this.rights.take(license);
  }

  private async finish(issuance: Issuance, blob: string, kid: string): Promise<void> {
    refuseOutOfForce(await this.blobs.lock(issuance.license_key));
    await this.blobs.store(issuance, { blob, kid, reason: 'renewed', mail: true });
  }
}

function refuseOutOfForce(license: Renewable): void {
  if (license.revoked_at) throw LicenseRevoked.with('A license that was revoked is not renewed.');
  if (license.suspended_at) throw LicenseSuspended.with('The license is suspended while its order is disputed.');
}
