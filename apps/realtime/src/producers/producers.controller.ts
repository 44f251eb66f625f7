import { Controller } from '@nestjs/common';
import { Handles, Listens, type EventMeta } from '#bus';
import {
  Broadcast,
  ChatFeedSummarized,
  ChatMessageReceived,
  NotificationPublished,
  PlanApplied,
  PublishChatFeed,
  PublishChatMessage,
  SocialNotificationPublished,
  type BroadcastRequest,
  type Call,
  type ChatFeedRequest,
  type ChatMessageRequest,
  type DomainEvent,
  type PlanAppliedData,
  type ProducerAnswer,
} from '#contracts';
import { broadcastFrame, chatFeedFrame, chatMessageFrame, planChangedFrame } from './producers.rules.js';
import { ProducersService } from './producers.service.js';

/** A place in the stream names an event only as long as the stream lives, so the time goes with it. */
const eventIdOf = ({ id, at }: EventMeta): string => (id.startsWith('seq:') ? `${id}.${at.getTime()}` : id);

/** The broker does not tell who published an event; of a notification only one producer may. */
const publisherOf = ({ producers }: Pick<DomainEvent, 'producers'>): string => producers[0]!;

/** Both ways in, the commands of the internal HTTP endpoints and the producers' own events, make the same frames. */
@Controller()
export class ProducersController {
  constructor(private readonly producers: ProducersService) {}

  @Handles(Broadcast)
  broadcast(input: BroadcastRequest, { actor, caller }: Call): Promise<ProducerAnswer> {
    return this.producers.push(broadcastFrame(input, actor?.kind === 'caller' ? actor.caller : caller));
  }

  @Handles(PublishChatMessage)
  chatMessage(input: ChatMessageRequest): Promise<ProducerAnswer> {
    return this.producers.push(chatMessageFrame(input));
  }

  @Handles(PublishChatFeed)
  chatFeed(input: ChatFeedRequest): Promise<ProducerAnswer> {
    return this.producers.push(chatFeedFrame(input));
  }

  @Listens(NotificationPublished)
  async notificationPublished(data: BroadcastRequest, meta: EventMeta): Promise<void> {
    await this.producers.accept(broadcastFrame(data, publisherOf(NotificationPublished), eventIdOf(meta)));
  }

  @Listens(SocialNotificationPublished)
  async socialNotificationPublished(data: BroadcastRequest, meta: EventMeta): Promise<void> {
    await this.producers.accept(broadcastFrame(data, publisherOf(SocialNotificationPublished), eventIdOf(meta)));
  }

  @Listens(ChatMessageReceived)
  async chatMessageReceived(data: ChatMessageRequest): Promise<void> {
    await this.producers.accept(chatMessageFrame(data));
  }

  @Listens(ChatFeedSummarized)
  async chatFeedSummarized(data: ChatFeedRequest): Promise<void> {
    await this.producers.accept(chatFeedFrame(data));
  }

  @Listens(PlanApplied)
  async planApplied(data: PlanAppliedData): Promise<void> {
    await this.producers.accept(planChangedFrame(data));
  }
}
