import { event } from '../event.js';
import { BroadcastRequest, ChatFeedRequest, ChatMessageRequest } from './realtime.commands.js';

/*
 * Notifications have one event for each service that publishes them: the broker does not say who published a message, but
 * it lets nobody publish another's, so the event tells.
 */

export class NotificationPublishedData extends BroadcastRequest {}
export const NotificationPublished = event('broadcast.notification.published', {
  data: NotificationPublishedData,
  publicName: 'broadcast',
  producers: ['broadcaster'],
  listeners: ['realtime'],
  idField: 'id',
  summary: 'The broadcaster’s event for one person or everyone; the twin of POST /internal/broadcast.',
});

export class SocialNotificationPublishedData extends BroadcastRequest {}
export const SocialNotificationPublished = event('social.notification.published', {
  data: SocialNotificationPublishedData,
  producers: ['social'],
  listeners: ['realtime'],
  idField: 'id',
  summary: 'The social service’s event for one person or everyone; the twin of POST /internal/broadcast.',
});

export class ChatMessageReceivedData extends ChatMessageRequest {}
export const ChatMessageReceived = event('chat.message.received', {
  data: ChatMessageReceivedData,
  publicName: 'chat_message',
  producers: ['chat-bridge'],
  listeners: ['realtime'],
  summary: 'A normalized chat message; the twin of POST /internal/chat.',
});

export class ChatFeedSummarizedData extends ChatFeedRequest {}
export const ChatFeedSummarized = event('chat.feed.summarized', {
  data: ChatFeedSummarizedData,
  publicName: 'chat_feed',
  producers: ['chat-bridge'],
  listeners: ['realtime'],
  summary: 'Topics, mood and quotes of a window; the twin of POST /internal/chat-feed.',
});
