import { createHash, randomUUID } from 'node:crypto';
import type { BroadcastRequest, ChatFeedRequest, ChatMessageRequest, PlanAppliedData } from '#contracts';

/** Who of a person's connections gets a frame: chat goes to agents only (RT13). */
export type Audience = 'all' | 'agents';

/** One thing to push. Without `user_id` it goes to everyone. */
export interface Frame {
  id: string;
  type: string;
  data: Record<string, unknown>;
  user_id?: string;
  audience: Audience;
}

/** @param id the event's own id, for a producer that named none */
export const broadcastFrame = (input: BroadcastRequest, id: string = randomUUID()): Frame => ({
  id: input.id ?? id,
  type: input.type,
  data: input.data,
  user_id: input.user_id,
  audience: 'all',
});

export const planChangedFrame = ({ user_id, version, ...data }: PlanAppliedData): Frame => ({
  id: `plan:${user_id}:${version}`,
  type: 'plan_changed',
  data: { ...data },
  user_id,
  audience: 'all',
});

export const chatMessageFrame = ({ owner_id, ...data }: ChatMessageRequest): Frame => ({
  id: `chat:${data.platform}:${data.channel}:${data.message_id}`,
  type: 'chat_message',
  data: { ...data },
  user_id: owner_id,
  audience: 'agents',
});

/** A window of a person's chat is summarized once: its bounds are its id. */
export const chatFeedFrame = ({ owner_id, ...data }: ChatFeedRequest): Frame => ({
  id: `feed:${owner_id}:${createHash('sha256').update(`${data.window_start}/${data.window_end}`).digest('hex').slice(0, 16)}`,
  type: 'chat_feed',
  data: { ...data },
  user_id: owner_id,
  audience: 'agents',
});

/** The text that is written to sockets, made once for all of them. */
export const serialize = (frame: Frame, at: Date): string =>
  JSON.stringify({ id: frame.id, type: frame.type, at: at.toISOString(), data: frame.data });
