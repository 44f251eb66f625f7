import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import { Empty, RecordStorefrontEvent } from '#contracts';
import { Ask } from '../edge/ask.js';
import { Serves } from '../edge/route.js';
import { gumroadPing } from './webhooks.rules.js';

const description =
  'Gumroad’s ping, form or JSON, kept byte for byte. The secret stands in the path, in the query (`?secret=`) or in ' +
  'Basic auth. 200 as soon as it is stored, whether or not it is understood; 503 when it cannot be stored, which is ' +
  'also what too many pings get, because Gumroad comes back after a 503 and not after a 429.';

@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly bus: Bus) {}

  @Post(['gumroad', 'gumroad/:secret'])
  @HttpCode(200)
  @Serves(RecordStorefrontEvent, {
    body: 'raw',
    limit: 'webhook',
    instance: '/webhooks/gumroad',
    docs: { tag: 'Webhooks', description, answer: Empty, input: Empty },
  })
  async gumroad(@Req() request: FastifyRequest, @Ask() ask: SendAs): Promise<Empty> {
    return this.bus.send(RecordStorefrontEvent, gumroadPing(request), ask).then(() => ({}));
  }
}
