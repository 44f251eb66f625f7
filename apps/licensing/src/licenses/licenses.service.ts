import { Injectable } from '@nestjs/common';
import {
  LicenseStatusChanged,
  NotFound,
  orderNames,
  type LicenseRecord,
  type RestoreLicenseRequest,
  type RevokeLicenseRequest,
  type SuspendLicenseRequest,
} from '#contracts';
import { Outbox } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { EntitlementsService } from '../entitlements/entitlements.service.js';
import type { LicenseEntity } from './license.entity.js';
import { LicenseKeys } from './license-keys.service.js';
import { LicensesRepository, type LicenseName } from './licenses.repository.js';

/** Takes licenses out of force and puts them back; their owner's entitlement follows in the same transaction. */
@Injectable()
export class LicensesService {
  constructor(
    private readonly licenses: LicensesRepository,
    private readonly keys: LicenseKeys,
    private readonly entitlements: EntitlementsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async read(typedKey: string): Promise<LicenseRecord> {
    const license = await this.licenses.find({ license_key: this.keys.read(typedKey) });
    if (!license) throw NotFound.with('There is no license with this key.');
    return license.toRecord(this.clock.now());
  }

  async revoke({ license_key, gumroad_order_id, reason }: RevokeLicenseRequest): Promise<LicenseRecord> {
    const names =
      gumroad_order_id === undefined
        ? [{ license_key: this.keys.read(license_key!) }]
        : orderNames(gumroad_order_id).map((name) => ({ gumroad_order_id: name }));
    return this.change(names, 'revoked', reason ?? null, (license, now) => license.revoke(now, reason ?? null));
  }

  async suspend({ gumroad_order_id, reason }: SuspendLicenseRequest): Promise<LicenseRecord> {
    return this.change([{ gumroad_order_id }], 'suspended', reason, (license, now) => license.suspend(now, reason));
  }

  async restore({ gumroad_order_id }: RestoreLicenseRequest): Promise<LicenseRecord> {
    return this.change([{ gumroad_order_id }], 'restored', null, (license) => license.restore());
  }

  /** @param names that it may have; the first by which there is one counts */
  private async change(
    names: readonly LicenseName[],
    change: 'revoked' | 'suspended' | 'restored',
    reason: string | null,
    act: (license: LicenseEntity, now: Date) => boolean,
  ): Promise<LicenseRecord> {
    const now = this.clock.now();
    const license = await this.locked(names);
    if (!license) throw NotFound.with('There is no such license.');
    if (act(license, now)) {
      await this.licenses.save(license);
      await this.outbox.append(
        LicenseStatusChanged,
        { license_key: license.license_key, change, reason },
        { key: license.license_key },
      );
      if (license.user_id) await this.entitlements.recompute(license.user_id);
    }
    return license.toRecord(now);
  }

  private async locked([name, ...others]: readonly LicenseName[]): Promise<LicenseEntity | null> {
    return name ? ((await this.licenses.lock(name)) ?? this.locked(others)) : null;
  }
}
