import { Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  ChatSourceRequest,
  CreateChatSource,
  CreateChatSourceRequest,
  DeleteChatSource,
  Empty,
  ListChatSources,
  type ChatSource,
  type ChatSourceList,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const tag = 'Chat sources';

@Controller('v1/auth')
export class ChatSourcesController {
  constructor(private readonly bus: Bus) {}

  @Post('chat-sources')
  @Serves(CreateChatSource, { docs: { tag, status: 201 } })
  create(@Input() input: CreateChatSourceRequest, @Ask() ask: SendAs): Promise<ChatSource> {
    return this.bus.send(CreateChatSource, input, ask);
  }

  @Get('chat-sources')
  @Serves(ListChatSources, { docs: { tag } })
  list(@Input() input: Empty, @Ask() ask: SendAs): Promise<ChatSourceList> {
    return this.bus.send(ListChatSources, input, ask);
  }

  @Delete('chat-sources/:chat_source_id')
  @HttpCode(204)
  @Serves(DeleteChatSource, { docs: { tag, answer: Empty, status: 204 } })
  async delete(@Input() input: ChatSourceRequest, @Ask() ask: SendAs): Promise<void> {
    await this.bus.send(DeleteChatSource, input, ask);
  }
}
