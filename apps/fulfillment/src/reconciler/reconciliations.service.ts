import { Injectable } from '@nestjs/common';
import { NotFound, ValidationFailed, type Reconciliation, type StartReconciliationRequest } from '#contracts';
import { ReconcilerWorker } from './reconciler-worker.js';
import { ReconciliationsRepository } from './reconciliations.repository.js';

/** Comparisons with the stores that somebody asks for. */
@Injectable()
export class ReconciliationsService {
  constructor(
    private readonly runs: ReconciliationsRepository,
    private readonly worker: ReconcilerWorker,
  ) {}

  /** @throws Refusal `validation_failed` when `since` is no day */
  async start({ since, mode = 'settle' }: StartReconciliationRequest): Promise<Reconciliation> {
    if (since !== undefined && !isDay(since)) throw noDay();
    const id = await this.runs.ask(mode, since ?? null);
    this.worker.wake();
    return this.read(id);
  }

  /** @throws Refusal `not_found` */
  async read(id: string): Promise<Reconciliation> {
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
