import { Injectable } from '@nestjs/common';
import type { Drift, ReconciledStore } from '#contracts';
import { StorefrontsService } from '../storefronts/storefronts.service.js';
import { StorefrontUnreachable, type Storefront } from '../storefronts/storefront.js';
import { DriftFinder } from './drift-finder.js';
import type { Findings, ReconciliationLease } from './reconciliations.repository.js';
import { RepairService } from './repair.service.js';

/** Rows that a report holds; the rest is only counted. */
const MOST_ROWS = 1000;

/** Compares what the stores have sold with what is known here, and has it settled by the worker that settles pings, too. */
@Injectable()
export class ReconcilerService {
  constructor(
    private readonly storefronts: StorefrontsService,
    private readonly finder: DriftFinder,
    private readonly repair: RepairService,
  ) {}

  /** @param stillHeld asked before every page; throws when another replica has taken over */
  async reconcile(run: ReconciliationLease, stillHeld: () => Promise<void>): Promise<Findings> {
    const findings: Findings = { drifted: 0, stores: [], drift: [] };
    const found = async (drift: Drift[]): Promise<void> => {
      await stillHeld();
      if (run.mode !== 'dry_run') await this.repair.mend(drift, run.mode);
      findings.drifted += drift.length;
      findings.drift.push(...drift.slice(0, MOST_ROWS - findings.drift.length));
    };
    for (const storefront of this.storefronts.all()) {
      findings.stores.push(await this.readStore(storefront, run, found));
    }
    for await (const drift of this.finder.inBooks(run.since)) await found(drift);
    return findings;
  }

  private async readStore(
    storefront: Storefront,
    run: ReconciliationLease,
    found: (drift: Drift[]) => Promise<void>,
  ): Promise<ReconciledStore> {
    const { store } = storefront;
    const told: ReconciledStore = { store, orders: 0, error: null, silent: '' };
    try {
      for await (const { read, drift } of this.finder.inStore(storefront, run.since)) {
        told.orders += read;
        await found(drift);
      }
      // Lists tell of charges, not of subscriptions: each is looked at again.
      if (run.kind !== 'recent' && run.mode !== 'dry_run') await this.repair.lookAtSubscriptions(store);
      Object.assign(told, await this.hear(storefront, run));
    } catch (error) {
      if (!(error instanceof StorefrontUnreachable)) throw error;
      told.error = error.message.slice(0, 1000);
    }
    return told;
  }

  /** Which of its notifications do not reach us; a repair asks for them again. */
  private async hear(storefront: Storefront, { mode }: ReconciliationLease): Promise<Partial<ReconciledStore>> {
    const { missing } = await storefront.health();
    if (!missing.length || mode !== 'repair' || !storefront.subscribe) return { silent: missing.join(' ') };
    await storefront.subscribe(missing);
    return { silent: (await storefront.health()).missing.join(' '), resumed: missing.join(' ') };
  }
}
