import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { LicenseStatusChanged, ReadContact, ResolveOwner } from '#contracts';
import { Outbox } from '#persistence';
import { EntitlementsService } from '../entitlements/entitlements.service.js';
import { LicensesRepository } from './licenses.repository.js';

/** The listener's transaction is open meanwhile, and Postgres ends one that idles for ten seconds. */
const PATIENCE = { timeoutMs: 3_000 };

/** Brings licenses to the accounts that have proven the address they were sold to. */
@Injectable()
export class OwnersService {
  constructor(
    private readonly bus: Bus,
    private readonly licenses: LicensesRepository,
    private readonly entitlements: EntitlementsService,
    private readonly outbox: Outbox,
  ) {}

  /** After a mint: looks for the account of its buyer. */
  async findOwnerOf(licenseKey: string): Promise<void> {
    const license = await this.licenses.find({ license_key: licenseKey });
    if (!license || license.user_id) return;
    const { user_id } = await this.bus.send(ResolveOwner, { email: license.email }, PATIENCE);
    if (user_id) await this.assign(license.email, user_id);
  }

  /** After an address was proven: finds what had been sold to it. */
  async bringSoldTo(userId: string): Promise<void> {
    const { email } = await this.bus.send(ReadContact, { user_id: userId }, PATIENCE);
    if (!email) return;
    // The address may have been changed since, to one that nobody has proven yet.
    const owner = await this.bus.send(ResolveOwner, { email }, PATIENCE);
    if (owner.user_id === userId) await this.assign(email, userId);
  }

  private async assign(email: string, userId: string): Promise<void> {
    const keys = await this.licenses.assignSoldTo(email, userId);
    for (const license_key of keys) {
      await this.outbox.append(
        LicenseStatusChanged,
        { license_key, change: 'assigned', reason: null },
        { key: license_key },
      );
    }
    if (keys.length) await this.entitlements.recompute(userId);
  }
}
