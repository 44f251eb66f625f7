import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  ListReconciliations,
  ListReconciliationsRequest,
  ReadReconciliation,
  ReadReconciliationRequest,
  StartReconciliation,
  StartReconciliationRequest,
  type Reconciliation,
  type ReconciliationPage,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const tag = 'Internal: fulfillment';
const description =
  'Reads what the stores list since a day and compares it with what is known here. It goes on by itself: read the ' +
  'answer’s `id` until its state is `done`.';

@Controller('internal/reconciliations')
export class ReconciliationsController {
  constructor(private readonly bus: Bus) {}

  @Post()
  @HttpCode(202)
  @Serves(StartReconciliation, { docs: { tag, description } })
  start(@Input() input: StartReconciliationRequest, @Ask() ask: SendAs): Promise<Reconciliation> {
    return this.bus.send(StartReconciliation, input, ask);
  }

  @Get()
  @Serves(ListReconciliations, { docs: { tag } })
  list(@Input() input: ListReconciliationsRequest, @Ask() ask: SendAs): Promise<ReconciliationPage> {
    return this.bus.send(ListReconciliations, input, ask);
  }

  @Get(':id')
  @Serves(ReadReconciliation, { docs: { tag } })
  read(@Input() input: ReadReconciliationRequest, @Ask() ask: SendAs): Promise<Reconciliation> {
    return this.bus.send(ReadReconciliation, input, ask);
  }
}
