import { webcrypto } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { ListPublicKeys, type LicenseValidation, type ValidatedLicense, type ValidateLicenseRequest } from '#contracts';
import { parseBlob, parseLicenseKey, verifyBlob, type LicensePayload, type LicensePublicKey } from '#license-format';
import { Clock } from '../clock/clock.service.js';
import { stamp } from '../clock/times.rules.js';
import type { LicenseEntity } from '../licenses/license.entity.js';
import { LicensesRepository } from '../licenses/licenses.repository.js';
import { statusOf } from '../licenses/license-status.rules.js';
import { PlanCatalog } from '../plans/plan-catalog.js';
import { standingOf, unknownKey } from './validation.rules.js';

/** Says whether a license is in force, to anybody who has it. */
@Injectable()
export class ValidationService {
  constructor(
    private readonly licenses: LicensesRepository,
    private readonly plans: PlanCatalog,
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  async validate({ license_key, blob, product }: ValidateLicenseRequest): Promise<LicenseValidation> {
    return blob === undefined ? this.byKey(license_key!, product) : this.byBlob(blob, product);
  }

  private async byKey(typed: string, product: string | undefined): Promise<LicenseValidation> {
    const license = await this.find(parseLicenseKey(typed));
    if (!license) return unknownKey();
    const parsed = parseBlob(license.blob);
    if (product !== undefined && 'payload' in parsed && parsed.payload.prod !== product) {
      const detail = `The license is for ${parsed.payload.prod}, not for ${product}.`;
      return { valid: false, code: 'WRONG_PRODUCT', detail };
    }
    return standingOf(this.shown(license));
  }

  /** The file is judged as an application judges it; then the license that it states, as it stands by now. */
  private async byBlob(blob: string, product: string | undefined): Promise<LicenseValidation> {
    const parsed = parseBlob(blob.trim());
    const asked = product ?? ('payload' in parsed ? parsed.payload.prod : '');
    const now = this.clock.now().getTime() / 1_000;
    const verdict = await verifyBlob(blob.trim(), await this.keys(), { now, product: asked });
    if (!verdict.payload || (!verdict.valid && verdict.code !== 'EXPIRED')) {
      return { valid: false, code: verdict.code as LicenseValidation['code'], detail: verdict.detail };
    }
    const license = await this.find(verdict.payload.key);
    return license ? this.compare(license, verdict.payload) : unknownKey();
  }

  /** An older file of a license that was renewed since is genuine, and no longer what is in force. */
  private compare(license: LicenseEntity, { exp }: LicensePayload): LicenseValidation {
    const standing = standingOf(this.shown(license));
    const isOver = exp * 1_000 <= this.clock.now().getTime();
    if (!standing.valid || !isOver) return standing;
    const detail = 'This license file has expired; there is a newer one for the same license.';
    return { ...standing, valid: false, code: 'SUPERSEDED', detail };
  }

  private async find(key: string | null): Promise<LicenseEntity | null> {
    return key === null ? null : this.licenses.find({ license_key: key });
  }

  private shown(license: LicenseEntity): ValidatedLicense {
    const { license_key, tier, issued_at, expires_at } = license;
    return {
      license_key,
      tier,
      features: this.plans.ofTier(tier).features,
      issued_at: stamp(issued_at),
      expires_at: stamp(expires_at),
      status: statusOf(license, this.clock.now()),
    };
  }

  private async keys(): Promise<LicensePublicKey[]> {
    const { keys } = await this.bus.send(ListPublicKeys, {});
    return keys
      .filter(({ purpose }) => purpose === 'license_blob')
      .map(({ kid, state, not_after, jwk }) => ({ kid, state, not_after, key: (jwk as webcrypto.JsonWebKey).x! }));
  }
}
