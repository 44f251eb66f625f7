/**
 * What may happen to a frame on its way:
 * - `notification` is recoverable: it is kept for resuming clients, and one who cannot take it is closed instead;
 * - `presence` is conflated: of two about the same person the later one stands for both;
 * - `chat` goes to agents only and is worth sixty seconds: a slow agent loses the oldest, and is told how many;
 * - `chat_feed` goes to agents only, and only the latest one matters.
 */
export const EVENT_CLASSES = ['notification', 'presence', 'chat', 'chat_feed'] as const;
export type EventClass = (typeof EVENT_CLASSES)[number];

/** For how long a chat message is worth sending to a client that was away. */
export const CHAT_WINDOW_MS = 60_000;

/** How long the stream keeps frames, and so for how long a client may be away. */
export const HISTORY_MS = 10 * 60_000;

/** Streams of frames that a connection may hear: its person's, its agents', everybody's, and who is there. */
export const CHANNELS = ['user', 'agent', 'all', 'presence'] as const;
export type ChannelKind = (typeof CHANNELS)[number];

const KIND_OF: Record<EventClass, (userId?: string) => ChannelKind> = {
  notification: (userId) => (userId ? 'user' : 'all'),
  presence: () => 'presence',
  chat: () => 'agent',
  chat_feed: () => 'agent',
};

/** What follows `rtm.` where a frame is stored, and `rtl.` where it is heard. */
export const channelName = (kind: ChannelKind, userId = ''): string =>
  kind === 'user' || kind === 'agent' ? `${kind}.${userId}` : kind;

/** The channel whose frames are stored on a subject. */
export const kindOf = (subject: string): ChannelKind => subject.split('.', 2)[1] as ChannelKind;

/** The channel that carries a frame of a class to a person, or to everybody. */
export const channelOf = (eventClass: EventClass, userId?: string): string =>
  channelName(KIND_OF[eventClass](userId), userId);
