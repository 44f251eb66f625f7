import { createHash, randomUUID } from 'node:crypto';
import type { BroadcastRequest, ChatFeedRequest, ChatMessageRequest, PlanAppliedData } from '#contracts';
import { DEFAULT_COOLDOWN_SECONDS } from '../cooldown/cooldown.rules.js';
import type { ProducedFrame } from './produced-frame.js';

/** Longest id that clients and producers have to deal with. */
const MAX_ID = 128;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * @param producer who says it, as far as is known
 * @param eventId the id of the event that carried it, for a producer that named none
 */
export const broadcastFrame = (input: BroadcastRequest, producer: string, eventId?: string): ProducedFrame => {
  const id = input.id ?? eventId;
  const { cooldown_key: key, cooldown_seconds: seconds = DEFAULT_COOLDOWN_SECONDS } = input;
  return {
    userId: input.user_id,
    frame: { id: id ?? randomUUID(), type: input.type, data: input.data },
    eventClass: 'notification',
    named: id !== undefined,
    cooldown: key === undefined ? undefined : { producer, key, seconds },
  };
};

export const planChangedFrame = ({ user_id, version, ...data }: PlanAppliedData): ProducedFrame => ({
  userId: user_id,
  frame: { id: `plan:${user_id}:${version}`, type: 'plan_changed', data: { ...data } },
  eventClass: 'notification',
});

/** A message has one id on its platform, whoever hands it on and however often. */
export const chatMessageFrame = ({ owner_id, ...data }: ChatMessageRequest): ProducedFrame => {
  const names = [data.platform, data.channel, data.message_id];
  const id = ['chat', ...names].join(':');
  // A colon in a name could make it look like two.
  const isPlain = names.every((name) => /^[\x21-\x39\x3b-\x7e]*$/.test(name)) && id.length <= MAX_ID;
  return {
    userId: owner_id,
    frame: { id: isPlain ? id : `chat:${digest(JSON.stringify(names))}`, type: 'chat_message', data: { ...data } },
    eventClass: 'chat',
  };
};

/** A window of a person's chat is summarized once: its bounds are its id. */
export const chatFeedFrame = ({ owner_id, ...data }: ChatFeedRequest): ProducedFrame => ({
  userId: owner_id,
  frame: {
    id: `feed:${owner_id}:${digest(`${data.window_start}/${data.window_end}`).slice(0, 16)}`,
    type: 'chat_feed',
    data: { ...data },
  },
  eventClass: 'chat_feed',
});
