import { Controller, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  Broadcast,
  BroadcastRequest,
  ChatFeedRequest,
  ChatMessageRequest,
  PublishChatFeed,
  PublishChatMessage,
  type ProducerAnswer,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const docs = { tag: 'Internal: realtime', status: 202 };

@Controller('internal')
export class ProducersController {
  constructor(private readonly bus: Bus) {}

  @Post('broadcast')
  @HttpCode(202)
  @Serves(Broadcast, { idempotencyField: 'id', docs })
  broadcast(@Input() input: BroadcastRequest, @Ask() ask: SendAs): Promise<ProducerAnswer> {
    return this.bus.send(Broadcast, input, ask);
  }

  @Post('chat')
  @HttpCode(202)
  @Serves(PublishChatMessage, { docs })
  chat(@Input() input: ChatMessageRequest, @Ask() ask: SendAs): Promise<ProducerAnswer> {
    return this.bus.send(PublishChatMessage, input, ask);
  }

  @Post('chat-feed')
  @HttpCode(202)
  @Serves(PublishChatFeed, { docs })
  chatFeed(@Input() input: ChatFeedRequest, @Ask() ask: SendAs): Promise<ProducerAnswer> {
    return this.bus.send(PublishChatFeed, input, ask);
  }
}
