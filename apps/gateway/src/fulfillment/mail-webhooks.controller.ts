import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import { Empty, RecordMailFeedback } from '#contracts';
import { Ask } from '../edge/ask.js';
import { Serves } from '../edge/route.js';
import { mailFeedback } from './mail-webhooks.rules.js';

const docs = (description: string) => ({ tag: 'Webhooks', description, answer: Empty, input: Empty });

const POSTMARK =
  'Postmark’s webhooks for bounces and spam complaints. Postmark signs nothing: the secret stands in the path or in ' +
  'Basic auth. 200 as soon as it is recorded, and for whatever is about something else; 401 for a wrong secret.';
const SES =
  'Bounces and complaints of Amazon SES, delivered by SNS. The signature of SNS and the topic are proof; a ' +
  'subscription to a topic of ours is confirmed by itself. 401 for everything else.';

@Controller('webhooks/mail')
export class MailWebhooksController {
  constructor(private readonly bus: Bus) {}

  @Post(['postmark', 'postmark/:secret'])
  @HttpCode(200)
  @Serves(RecordMailFeedback, {
    body: 'raw',
    limit: 'webhook',
    instance: '/webhooks/mail/postmark',
    docs: docs(POSTMARK),
  })
  postmark(@Req() request: FastifyRequest, @Ask() ask: SendAs): Promise<Empty> {
    return this.bus.send(RecordMailFeedback, mailFeedback('postmark', request), ask);
  }

  @Post('ses')
  @HttpCode(200)
  @Serves(RecordMailFeedback, { body: 'raw', limit: 'webhook', docs: docs(SES) })
  ses(@Req() request: FastifyRequest, @Ask() ask: SendAs): Promise<Empty> {
    return this.bus.send(RecordMailFeedback, mailFeedback('ses', request), ask);
  }
}
