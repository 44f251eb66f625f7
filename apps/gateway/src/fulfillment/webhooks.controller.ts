import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import { Empty, RecordStorefrontEvent } from '#contracts';
import { Ask } from '../edge/ask.js';
import { Serves } from '../edge/route.js';
import { gumroadPing, signedWebhook } from './webhooks.rules.js';

const description =
  'Gumroad’s ping, form or JSON, kept byte for byte. The secret stands in the path, in the query (`?secret=`) or in ' +
  'Basic auth. 200 as soon as it is stored, whether or not it is understood; 503 when it cannot be stored, which is ' +
  'also what too many pings get, because Gumroad comes back after a 503 and not after a 429.';

const WEBHOOK = { body: 'raw', limit: 'webhook' } as const;

const signedBy = (whose: string, header: string) => ({
  tag: 'Webhooks',
  description:
    `${whose} webhook, kept byte for byte. Its signature over these bytes stands in ${header}; one that is missing, ` +
    'wrong, or made more than five minutes ago is 400. 200 as soon as it is stored, and also when it was before; 404 ' +
    'when the store is not configured; 503 when it cannot be stored.',
  answer: Empty,
  input: Empty,
});

@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly bus: Bus) {}

  @Post(['gumroad', 'gumroad/:secret'])
  @HttpCode(200)
  @Serves(RecordStorefrontEvent, {
    ...WEBHOOK,
    instance: '/webhooks/gumroad',
    docs: { tag: 'Webhooks', description, answer: Empty, input: Empty },
  })
  async gumroad(@Req() request: FastifyRequest, @Ask() ask: SendAs): Promise<Empty> {
    return this.bus.send(RecordStorefrontEvent, gumroadPing(request), ask).then(() => ({}));
  }

  @Post('lemonsqueezy')
  @HttpCode(200)
  @Serves(RecordStorefrontEvent, { ...WEBHOOK, docs: signedBy('Lemon Squeezy’s', '`X-Signature`') })
  async lemonSqueezy(@Req() request: FastifyRequest, @Ask() ask: SendAs): Promise<Empty> {
    return this.bus.send(RecordStorefrontEvent, signedWebhook('lemonsqueezy', request), ask).then(() => ({}));
  }

  @Post('paddle')
  @HttpCode(200)
  @Serves(RecordStorefrontEvent, { ...WEBHOOK, docs: signedBy('Paddle’s', '`Paddle-Signature`') })
  async paddle(@Req() request: FastifyRequest, @Ask() ask: SendAs): Promise<Empty> {
    return this.bus.send(RecordStorefrontEvent, signedWebhook('paddle', request), ask).then(() => ({}));
  }

  @Post('stripe')
  @HttpCode(200)
  @Serves(RecordStorefrontEvent, { ...WEBHOOK, docs: signedBy('Stripe’s', '`Stripe-Signature`') })
  async stripe(@Req() request: FastifyRequest, @Ask() ask: SendAs): Promise<Empty> {
    return this.bus.send(RecordStorefrontEvent, signedWebhook('stripe', request), ask).then(() => ({}));
  }
}
