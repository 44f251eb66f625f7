import { Injectable } from '@nestjs/common';
import { EntitlementChanged } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { stamp } from '../clock/times.rules.js';
import { PlanCatalog } from '../plans/plan-catalog.js';
import { EntitlementsRepository, type StoredEntitlement } from './entitlements.repository.js';
import { asOf, decide, sameOutcome, type Decision, type OwnedLicense, type Sources } from './entitlements.rules.js';

const NOTHING: Sources = { grants: [], licenses: [] };

/** A person's entitlement at this moment. */
export interface Standing extends Decision {
  user_id: string;
  version: number;
  max_offline_days: number;
  licenses: OwnedLicense[];
}

@Injectable()
export class EntitlementsService {
  constructor(
    private readonly tx: Transactions,
    private readonly entitlements: EntitlementsRepository,
    private readonly plans: PlanCatalog,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** What the person may use now. Whatever time has changed since it was stored is stored and told on the way. */
  async current(userId: string): Promise<Standing> {
    const stored = await this.entitlements.find(userId);
    const sources = await this.entitlements.sourcesOf(userId);
    const now = this.nowAfter(stored);
    const decision = this.decide(sources, now);
    const same = sameOutcome(stored ?? this.decide(NOTHING, now), decision);
    return same ? this.standing(userId, stored?.version ?? 0, decision, sources) : this.recompute(userId);
  }

  /**
   * Decides the person's entitlement again, after its sources or the time have changed, one change after the other.
   * The version grows, and the others are told, only when the outcome is another one.
   */
  recompute(userId: string): Promise<Standing> {
    return this.tx.run(async () => {
      const stored = await this.entitlements.lock(userId, this.decide(NOTHING, this.clock.now()));
      const sources = await this.entitlements.sourcesOf(userId);
      const now = this.nowAfter(stored);
      const decision = this.decide(sources, now);
      const version = sameOutcome(stored, decision) ? stored.version : stored.version + 1;
      await this.entitlements.save(userId, version, decision, now);
      if (version > stored.version) await this.tell(userId, version, decision);
      return this.standing(userId, version, decision, sources);
    });
  }

  /** The same for somebody who has an entitlement; who is erased gets none again. */
  recomputeKept(userId: string): Promise<void> {
    return this.tx.run(async () => {
      if (await this.entitlements.lockKept(userId)) await this.recompute(userId);
    });
  }

  private decide(sources: Sources, now: Date): Decision {
    return decide(sources, this.plans, now);
  }

  private nowAfter(stored: StoredEntitlement | undefined): Date {
    return asOf(this.clock.now(), stored?.updated_at);
  }

  private standing(user_id: string, version: number, decision: Decision, { licenses }: Sources): Standing {
    const { max_offline_days } = this.plans.plan(decision.plan);
    return { ...decision, user_id, version, max_offline_days, licenses };
  }

  private async tell(user_id: string, version: number, { plan, features, expires_at }: Decision): Promise<void> {
    const data = { user_id, plan, features, expires_at: stamp(expires_at), version };
    await this.outbox.append(EntitlementChanged, data, { key: user_id });
  }
}
