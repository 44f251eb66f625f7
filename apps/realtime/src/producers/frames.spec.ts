import { ChatFeedRequest, ChatMessageRequest, parse, PlanAppliedData, USER_STATUSES, type Type } from '#contracts';
import { presenceChange } from '../presence/presence.rules.js';
import type { ProducedFrame } from './produced-frame.js';
import { broadcastFrame, chatFeedFrame, chatMessageFrame, planChangedFrame } from './producers.rules.js';

const at = new Date().toISOString();
const owner_id = '0197a000-0000-7000-8000-000000000001';

const plan: PlanAppliedData = { user_id: owner_id, plan: 'pro', features: ['live'], expires_at: null, version: 3 };
const message: ChatMessageRequest = {
  ...{ owner_id, platform: 'twitch', channel: 'qa', message_id: 'm-1', author: { name: 'ada' }, text: 'hi', at },
};
const feed: ChatFeedRequest = {
  ...{ owner_id, window_start: at, window_end: at, topics: ['the boss'], mood: 'cheerful', highlights: ['“nice”'] },
};

it.each<[string, ProducedFrame, Type<object>, object]>([
  ['plan_changed', planChangedFrame(plan), PlanAppliedData, { user_id: owner_id, version: 3 }],
  ['chat_message', chatMessageFrame(message), ChatMessageRequest, { owner_id }],
  ['chat_feed', chatFeedFrame(feed), ChatFeedRequest, { owner_id }],
])('RT37: the data of %s is what its contract says, but whose it is', (type, { userId, frame }, contract, whose) => {
  expect([userId, frame.type, Object.keys(frame).sort()]).toEqual([owner_id, type, ['data', 'id', 'type']]);
  for (const name of Object.keys(whose)) expect(frame.data).not.toHaveProperty(name);
  expect(parse(contract, { ...frame.data, ...whose })).toMatchObject({ ...frame.data, ...whose });
});

it('RT11: chat messages whose names only look alike when they are put together are two', () => {
  const named = (channel: string, message_id: string) => chatMessageFrame({ ...message, channel, message_id }).frame.id;
  expect(named('!room:matrix.org', '1')).not.toBe(named('!room', 'matrix.org:1'));
  expect(named('raum ä:x', '1')).not.toBe(named('raum ä', 'x:1'));
  expect(named('qa', 'm-1')).toBe('chat:twitch:qa:m-1');
  expect(named('!room:matrix.org', '1')).toBe(named('!room:matrix.org', '1'));
});

it('RT37: what a broadcast carries goes out as it came in, whatever else its producer said', () => {
  const data = { text: 'hi', of_tomorrow: { nested: [1] } };
  const { frame } = broadcastFrame({ type: 'notification', data, cooldown_key: 'k' }, 'social', 'e-1');
  expect(frame).toEqual({ id: 'e-1', type: 'notification', data });
});

it('RT37: presence_changed names a person and a status that can be seen', () => {
  const seen = USER_STATUSES.map((status) => presenceChange({ user_id: owner_id, changed: ['status'], status }));
  expect(seen.filter(Boolean)).toEqual(
    USER_STATUSES.filter((status) => status !== 'invisible').map((status) => ({ user_id: owner_id, status })),
  );
});
