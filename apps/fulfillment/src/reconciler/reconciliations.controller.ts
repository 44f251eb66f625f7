import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ListReconciliations,
  ReadReconciliation,
  StartReconciliation,
  type ListReconciliationsRequest,
  type ReadReconciliationRequest,
  type Reconciliation,
  type ReconciliationPage,
  type StartReconciliationRequest,
} from '#contracts';
import { ReconciliationsQueries } from './reconciliations.queries.js';
import { ReconciliationsService } from './reconciliations.service.js';

@Controller()
export class ReconciliationsController {
  constructor(
    private readonly reconciliations: ReconciliationsService,
    private readonly queries: ReconciliationsQueries,
  ) {}

  @Handles(StartReconciliation, { transaction: false })
  start(input: StartReconciliationRequest): Promise<Reconciliation> {
    return this.reconciliations.start(input);
  }

  @Handles(ReadReconciliation, { transaction: false })
  read({ id }: ReadReconciliationRequest): Promise<Reconciliation> {
    return this.reconciliations.read(id);
  }

  @Handles(ListReconciliations, { transaction: false })
  list(input: ListReconciliationsRequest): Promise<ReconciliationPage> {
    return this.queries.page(input);
  }
}
