import { Transform } from 'class-transformer';
import { command } from '../command.js';
import { Id, Int, Json, Text, TextList, Timestamp, Uuid } from '../fields.js';
import { NotBefore } from '../not-before.js';
import { IdempotencyKeyReused, Unavailable, ValidationFailed } from '../general.errors.js';
import { BROADCAST_ID, BROADCAST_TYPE, ProducerAnswer } from './producer-answers.js';

export class BroadcastRequest {
  @Text({ max: 64, pattern: BROADCAST_TYPE, description: 'Any but those that Gatehouse makes itself.' }) type!: string;
  @Json() data!: Record<string, unknown>;
  @Uuid({ optional: true, description: 'Left out: everyone.' }) user_id?: string;
  @Id({
    ...{ optional: true, pattern: BROADCAST_ID },
    description: 'Idempotency key: within 24 hours the same id is delivered once.',
  })
  id?: string;
  @Text({
    optional: true,
    max: 128,
    description: 'Of two events of one producer with one key and one receiver the later is dropped.',
  })
  cooldown_key?: string;
  @Int({ optional: true, min: 1, max: 86_400, description: 'How long the key’s cooldown is. Default: 60.' })
  cooldown_seconds?: number;
}

export const Broadcast = command('realtime.event.broadcast', {
  request: BroadcastRequest,
  response: ProducerAnswer,
  errors: [ValidationFailed, IdempotencyKeyReused, Unavailable],
  permission: 'internal:realtime.broadcast',
  summary: 'Pushes an event to one person’s open clients, or to everyone’s.',
});

export class ChatMessageRequest {
  @Uuid() owner_id!: string;
  @Text({ max: 32 }) platform!: string;
  @Text({ max: 128 }) channel!: string;
  @Text({ max: 128 }) message_id!: string;
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? { name: value } : value))
  @Json({ description: '`{ name, id?, badges? }`; a bare name is taken for `{ name }`.' })
  author!: Record<string, unknown>;
  @Text({ min: 0, max: 4000 }) text!: string;
  @Timestamp() at!: string;
  @Json({ optional: true, description: 'Whatever else the platform tells.' }) extra?: Record<string, unknown>;
}

export const PublishChatMessage = command('realtime.chat.publish', {
  request: ChatMessageRequest,
  response: ProducerAnswer,
  errors: [ValidationFailed, Unavailable],
  permission: 'internal:realtime.chat',
  summary: 'Hands a chat message to its broadcast owner’s agents.',
});

export class ChatFeedRequest {
  @Uuid() owner_id!: string;
  @Timestamp() window_start!: string;
  @NotBefore('window_start') @Timestamp() window_end!: string;
  @TextList() topics!: string[];
  @Text({ min: 0, max: 255, description: 'Empty: the window has none.' }) mood!: string;
  @TextList() highlights!: string[];
}

export const PublishChatFeed = command('realtime.chat_feed.publish', {
  request: ChatFeedRequest,
  response: ProducerAnswer,
  errors: [ValidationFailed, Unavailable],
  permission: 'internal:realtime.chat',
  summary: 'Hands the topics, mood and quotes of a window of chat to its owner’s agents.',
});
