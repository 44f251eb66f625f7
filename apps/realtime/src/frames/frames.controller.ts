import { Controller } from '@nestjs/common';
import { Handles, Listens } from '#bus';
import {
  Broadcast,
  ChatFeedSummarized,
  ChatMessageReceived,
  NotificationPublished,
  PlanApplied,
  PublishChatFeed,
  PublishChatMessage,
  type BroadcastRequest,
  type ChatFeedRequest,
  type ChatMessageRequest,
  type PlanAppliedData,
  type ProducerAnswer,
} from '#contracts';
import { broadcastFrame, chatFeedFrame, chatMessageFrame, planChangedFrame } from './frames.rules.js';
import { FramesService } from './frames.service.js';

/** Both ways in, the commands of the internal HTTP endpoints and the producers' own events, make the same frames. */
@Controller()
export class FramesController {
  constructor(private readonly frames: FramesService) {}

  @Handles(Broadcast)
  broadcast(input: BroadcastRequest): Promise<ProducerAnswer> {
    return this.frames.publish(broadcastFrame(input));
  }

  @Handles(PublishChatMessage)
  chatMessage(input: ChatMessageRequest): Promise<ProducerAnswer> {
    return this.frames.publish(chatMessageFrame(input));
  }

  @Handles(PublishChatFeed)
  chatFeed(input: ChatFeedRequest): Promise<ProducerAnswer> {
    return this.frames.publish(chatFeedFrame(input));
  }

  @Listens(NotificationPublished)
  async notificationPublished(data: BroadcastRequest, meta: { id: string }): Promise<void> {
    await this.frames.publish(broadcastFrame(data, meta.id));
  }

  @Listens(ChatMessageReceived)
  async chatMessageReceived(data: ChatMessageRequest): Promise<void> {
    await this.frames.publish(chatMessageFrame(data));
  }

  @Listens(ChatFeedSummarized)
  async chatFeedSummarized(data: ChatFeedRequest): Promise<void> {
    await this.frames.publish(chatFeedFrame(data));
  }

  @Listens(PlanApplied)
  async planApplied(data: PlanAppliedData): Promise<void> {
    await this.frames.publish(planChangedFrame(data));
  }
}
