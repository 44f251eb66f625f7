import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  NotFound,
  ReadReconciliation,
  StartReconciliation,
  ValidationFailed,
  type ReadReconciliationRequest,
  type Reconciliation,
  type StartReconciliationRequest,
} from '#contracts';
import { ReconcilerWorker } from './reconciler-worker.js';
import { ReconciliationsRepository } from './reconciliations.repository.js';

@Controller()
export class ReconciliationsController {
  constructor(
    private readonly runs: ReconciliationsRepository,
    private readonly worker: ReconcilerWorker,
  ) {}

  @Handles(StartReconciliation, { transaction: false })
  async start({ since, mode = 'settle' }: StartReconciliationRequest): Promise<Reconciliation> {
    if (since !== undefined && !isDay(since)) throw noDay();
    const id = await this.runs.ask(mode, since ?? null);
    this.worker.wake();
    return this.read({ id });
  }

  @Handles(ReadReconciliation, { transaction: false })
  async read({ id }: ReadReconciliationRequest): Promise<Reconciliation> {
    const run = await this.runs.find(id);
    if (!run) throw NotFound.with('There is no such comparison.');
    return run;
  }
}

/** `2026-02-30` has the form of a day and is none. */
const isDay = (text: string): boolean =>
  !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

const noDay = () =>
  ValidationFailed.with({
    detail: 'Mend these fields: since.',
    errors: [{ field: 'since', code: 'invalid', detail: 'since is no day of the calendar.' }],
  });
