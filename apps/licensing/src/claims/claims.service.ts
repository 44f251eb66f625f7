import { Injectable } from '@nestjs/common';
import { LicenseClaimed } from '#contracts';
import { Outbox } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { EntitlementsService, type Standing } from '../entitlements/entitlements.service.js';
import { GrantsRepository } from '../entitlements/grants.repository.js';
import { ClaimsRepository } from './claims.repository.js';

/** Gives a person the free plan that they claim; a higher one that they have stays in force. */
@Injectable()
export class ClaimsService {
  constructor(
    private readonly claims: ClaimsRepository,
    private readonly grants: GrantsRepository,
    private readonly entitlements: EntitlementsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Claims `renpy_free`, once in effect; again and in parallel it is the same. Needs an open transaction. */
  async claim(userId: string, evidence: string | null): Promise<Standing> {
    await this.claims.keep(userId, evidence);
    const grant = { source: 'claim', plan: 'renpy_free', features: null, expires_at: null } as const;
    const first = await this.grants.add(userId, { ...grant, effective_at: this.clock.now() });
    if (!first) return this.entitlements.current(userId);
    await this.outbox.append(LicenseClaimed, { user_id: userId, plan: grant.plan }, { key: userId });
    return this.entitlements.recompute(userId);
  }
}
