import { Injectable } from '@nestjs/common';
import { EntitlementChecked, type Entitlement, type License } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { stamp } from '../clock/times.rules.js';
import { LicenseTokensService } from '../license-tokens/license-tokens.service.js';
import { statusOf } from '../licenses/license-status.rules.js';
import type { OwnedLicense } from './entitlements.rules.js';
import { EntitlementsService, type Standing } from './entitlements.service.js';

/** Tells a person what they may use. */
@Injectable()
export class EntitlementAnswersService {
  constructor(
    private readonly tx: Transactions,
    private readonly entitlements: EntitlementsService,
    private readonly tokens: LicenseTokensService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** The answer to a client that asks. */
  async check(userId: string): Promise<Entitlement> {
    const standing = await this.tx.run(async () => {
      const current = await this.entitlements.current(userId);
      await this.outbox.append(EntitlementChecked, { user_id: userId, plan: current.plan }, { key: userId });
      return current;
    });
    return this.answer(standing);
  }

  /** Puts a standing into words, with its token. Waits for the bus, so no transaction may be open. */
  async answer(standing: Standing): Promise<Entitlement> {
    const { license_token } = await this.tokens.issue(standing);
    const { plan, features, status, max_offline_days, licenses } = standing;
    return {
      plan,
      features,
      status,
      expires_at: stamp(standing.expires_at),
      max_offline_days,
      license_token,
      licenses: licenses.map((license) => this.shown(license)),
    };
  }

  private shown(license: OwnedLicense): License {
    const { license_key, tier } = license;
    const status = statusOf(license, this.clock.now());
    return { license_key, tier, issued_at: stamp(license.issued_at), expires_at: stamp(license.expires_at), status };
  }
}
