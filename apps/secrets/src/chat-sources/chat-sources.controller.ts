import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  CreateChatSource,
  DeleteChatSource,
  ListChatSources,
  type Call,
  type ChatSource,
  type ChatSourceList,
  type ChatSourceRequest,
  type CreateChatSourceRequest,
  type Empty,
} from '#contracts';
import { ChatSources } from './chat-sources.service.js';

/** No transaction spans these: keys are unwrapped meanwhile, perhaps on another machine. */
@Controller()
export class ChatSourcesController {
  constructor(private readonly sources: ChatSources) {}

  @Handles(CreateChatSource, { transaction: false })
  create(input: CreateChatSourceRequest, call: Call): Promise<ChatSource> {
    return this.sources.create(input, call);
  }

  @Handles(ListChatSources, { transaction: false })
  async list(_input: Empty, call: Call): Promise<ChatSourceList> {
    return { chat_sources: await this.sources.list(call) };
  }

  @Handles(DeleteChatSource, { transaction: false })
  async delete({ chat_source_id }: ChatSourceRequest, call: Call): Promise<Empty> {
    await this.sources.delete(chat_source_id, call);
    return {};
  }
}
