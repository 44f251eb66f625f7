import { Controller, HttpCode, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  Broadcast,
  BroadcastRequest,
  ChatFeedRequest,
  ChatMessageRequest,
  PublishChatFeed,
  PublishChatMessage,
  RateLimited,
  type Command,
  type ProducerAnswer,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { LimitsService } from '../edge/limits.service.js';
import { Serves } from '../edge/route.js';

const docs = {
  tag: 'Internal: realtime',
  status: 202,
  description: `\`status\` says what became of it, and only what is known: \`delivered\` when an open connection was
given it, \`queued\` when nobody was there and it is kept for clients that come back, \`suppressed\` by its cooldown,
\`duplicate\` when the id was accepted before. Without a 202 nothing was pushed; send it again with the same id.`,
  errors: [RateLimited],
};

@Controller('internal')
export class ProducersController {
  constructor(
    private readonly bus: Bus,
    private readonly limits: LimitsService,
  ) {}

  @Post('broadcast')
  @HttpCode(202)
  @Serves(Broadcast, { idempotencyField: 'id', docs })
  broadcast(
    @Input() input: BroadcastRequest,
    @Ask() ask: SendAs,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProducerAnswer> {
    return this.push(Broadcast, input, ask, reply);
  }

  @Post('chat')
  @HttpCode(202)
  @Serves(PublishChatMessage, { docs })
  chat(
    @Input() input: ChatMessageRequest,
    @Ask() ask: SendAs,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProducerAnswer> {
    return this.push(PublishChatMessage, input, ask, reply);
  }

  @Post('chat-feed')
  @HttpCode(202)
  @Serves(PublishChatFeed, { docs })
  chatFeed(
    @Input() input: ChatFeedRequest,
    @Ask() ask: SendAs,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProducerAnswer> {
    return this.push(PublishChatFeed, input, ask, reply);
  }

  /** A producer is known by its credential, so it counts as itself and not by the address it calls from. */
  private async push<Req extends object>(
    command: Command<Req, ProducerAnswer>,
    input: Req,
    ask: SendAs,
    reply: FastifyReply,
  ): Promise<ProducerAnswer> {
    if (ask.actor?.kind === 'caller') await this.limits.check('producer', ask.actor.caller, reply);
    return this.bus.send(command, input, ask);
  }
}
