import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log, Metrics, Shutdown } from '#boot';
import { Refusal } from '#contracts';
import { LeaseWorker } from '../leases/lease-worker.js';
import { ReconcilerService } from './reconciler.service.js';
import { ReconciliationsRepository, type ReconciliationLease } from './reconciliations.repository.js';

/** A page of a store takes seconds at most; a replica that dies holds the next comparison up for this long. */
const LEASE_MS = 60_000;
/** Before a comparison is begun anew for which something was away. */
const PAUSE_SECONDS = 5;

/** Makes the comparisons that are due: one at a time among all replicas. */
@Injectable()
export class ReconcilerWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly worker: LeaseWorker<ReconciliationLease>;
  private readonly gauge;
  private stopping = false;

  constructor(
    private readonly runs: ReconciliationsRepository,
    private readonly reconciler: ReconcilerService,
    private readonly log: Log,
    metrics: Metrics,
    shutdown: Shutdown,
  ) {
    const help = 'Whether the store could be read, and whether all of its notifications reach us, when last compared.';
    this.gauge = metrics.gauge('gatehouse_storefront_reconciled', help, ['store', 'what']);
    this.worker = new LeaseWorker(
      {
        name: 'reconciler',
        concurrency: 1,
        claim: () => this.claim(),
        work: (run) => this.make(run),
        dueInMs: () => this.runs.dueInMs(),
      },
      log,
    );
    shutdown.register('consumers', 'reconciler', () => this.stop());
  }

  onApplicationBootstrap(): void {
    this.worker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  wake(): void {
    this.worker.wake();
  }

  private async stop(): Promise<void> {
    this.stopping = true;
    await this.worker.stop();
  }

  private async claim(): Promise<ReconciliationLease[]> {
    await this.runs.schedule('recent');
    await this.runs.schedule('nightly');
    return this.runs.claim(LEASE_MS);
  }

  /** What is left in the middle begins anew: at another replica, or here when what was away is back. */
  private async make(run: ReconciliationLease): Promise<void> {
    try {
      await this.compare(run);
    } catch (error) {
      const away = error instanceof Refusal && error.kind === 'unavailable';
      if (this.stopping || away) await this.runs.giveBack(run, this.stopping ? 0 : PAUSE_SECONDS);
      throw error;
    }
  }

  private async compare(run: ReconciliationLease): Promise<void> {
    const stillHeld = async (): Promise<void> => {
      if (this.stopping || !(await this.runs.extend(run, LEASE_MS))) throw new Error('another replica goes on with it');
    };
    const findings = await this.reconciler.reconcile(run, stillHeld);
    for (const { store, error, silent } of findings.stores) {
      this.gauge.set({ store, what: 'read' }, error ? 0 : 1);
      this.gauge.set({ store, what: 'heard' }, silent ? 0 : 1);
      if (error || silent) this.log.warn('a store does not tell us everything', { store, error, silent });
    }
    if (findings.drifted)
      this.log.warn('the stores and our books did not agree', { run: run.id, drifted: findings.drifted });
    await this.runs.finish(run, findings);
  }
}
