import { Injectable } from '@nestjs/common';
import {
  LicenseStatusChanged,
  NotFound,
  ValidationFailed,
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

const exactlyOne = () =>
  ValidationFailed.with({
    detail: 'Mend these fields: license_key, gumroad_order_id.',
    errors: ['license_key', 'gumroad_order_id'].map((field) => ({
      field,
      code: 'exactly_one',
      detail: 'Give either license_key or gumroad_order_id, and not both.',
    })),
  });

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
    if ((license_key === undefined) === (gumroad_order_id === undefined)) throw exactlyOne();
    const name = gumroad_order_id === undefined ? { license_key: this.keys.read(license_key!) } : { gumroad_order_id };
    return this.change(name, 'revoked', reason ?? null, (license, now) => license.revoke(now, reason ?? null));
  }

  async suspend({ gumroad_order_id, reason }: SuspendLicenseRequest): Promise<LicenseRecord> {
    return this.change({ gumroad_order_id }, 'suspended', reason, (license, now) => license.suspend(now, reason));
  }

  async restore({ gumroad_order_id }: RestoreLicenseRequest): Promise<LicenseRecord> {
    return this.change({ gumroad_order_id }, 'restored', null, (license) => license.restore());
  }

  /** Takes a revocation back that should never have been: an import is undone. */
  async reinstate(license_key: string): Promise<LicenseRecord> {
    return this.change({ license_key }, 'restored', null, (license) => license.reinstate());
  }

  private async change(
    name: LicenseName,
    change: 'revoked' | 'suspended' | 'restored',
    reason: string | null,
    act: (license: LicenseEntity, now: Date) => boolean,
  ): Promise<LicenseRecord> {
    const now = this.clock.now();
    const license = await this.licenses.lock(name);
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
}
