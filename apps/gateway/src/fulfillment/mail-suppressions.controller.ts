import { Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  AddSuppression,
  LiftSuppression,
  ListSuppressions,
  ListSuppressionsRequest,
  SuppressionRequest,
  type MailSuppression,
  type SuppressionList,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const docs = { tag: 'Internal: fulfillment' };

@Controller('internal/mail/suppressions')
export class SuppressionsController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @Serves(ListSuppressions, { docs })
  list(@Input() input: ListSuppressionsRequest, @Ask() ask: SendAs): Promise<SuppressionList> {
    return this.bus.send(ListSuppressions, input, ask);
  }

  @Post()
  @HttpCode(200)
  @Serves(AddSuppression, { docs })
  add(@Input() input: SuppressionRequest, @Ask() ask: SendAs): Promise<MailSuppression> {
    return this.bus.send(AddSuppression, input, ask);
  }

  @Delete(':email')
  @HttpCode(204)
  @Serves(LiftSuppression, { instance: '/internal/mail/suppressions', docs: { ...docs, status: 204 } })
  async lift(@Input() input: SuppressionRequest, @Ask() ask: SendAs): Promise<void> {
    await this.bus.send(LiftSuppression, input, ask);
  }
}
