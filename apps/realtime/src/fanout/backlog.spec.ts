import { headers } from '@nats-io/transport-node';
import { Backlog } from './backlog.js';
import { Entry } from './entry.js';
import type { EventClass } from './event-class.rules.js';
import { HEADERS } from './frame-headers.js';
import { worthReplaying } from './replay.rules.js';

let seq = 0;
function entry(eventClass: EventClass, { key = '', size = 10, at = Date.now() } = {}): Entry {
  const head = headers();
  seq += 1;
  const values = { id: `e-${seq}`, eventClass, key, at: String(at), seq: String(seq), lastSeq: '0' };
  for (const [name, value] of Object.entries(values)) if (value) head.set(HEADERS[name as keyof typeof HEADERS], value);
  return Entry.from(head, Buffer.alloc(size, 'x'))!;
}

describe('a backlog', () => {
  it('RT24: keeps the latest chat feed only, and the latest presence of each person', () => {
    const backlog = new Backlog(100_000);
    const [feed, later] = [entry('chat_feed'), entry('chat_feed')];
    const [ann, bob, annLater] = ['ann', 'bob', 'ann'].map((key) => entry('presence', { key }));
    const outcomes = [feed, ann, bob, later, annLater].map((e) => backlog.add(e!));
    expect(outcomes).toEqual(['kept', 'kept', 'kept', 'conflated', 'conflated']);
    expect(backlog.take(Infinity)).toEqual([bob, later, annLater]);
  });

  it('RT24: drops the oldest chat, counts it, and touches nothing else', () => {
    const backlog = new Backlog(100_000);
    const notification = entry('notification');
    const chats = Array.from({ length: 250 }, () => entry('chat'));
    for (const e of [...chats.slice(0, 100), notification, ...chats.slice(100)]) backlog.add(e);
    expect(backlog.dropped).toBe(50);
    expect(backlog.take(Infinity)).toEqual([...chats.slice(50, 100), notification, ...chats.slice(100)]);
    expect(backlog.empty).toBe(true);
  });

  it('RT22: is full when what must be kept is more than a client may have', () => {
    const backlog = new Backlog(1_000);
    const outcomes = Array.from({ length: 11 }, () => backlog.add(entry('notification', { size: 98 })));
    expect(outcomes.filter((o) => o === 'full')).toHaveLength(1);
    expect(backlog.take(250)).toHaveLength(3);
    expect(backlog.add(entry('notification', { size: 98 }))).toBe('kept');
  });
});

it('RT24: of what was missed, old chat is not replayed but counted, and of feeds and presence the latest is', () => {
  const now = Date.now();
  const [old, fresh] = [entry('chat', { at: now - 61_000 }), entry('chat', { at: now - 59_000 })];
  const [feed, later] = [entry('chat_feed'), entry('chat_feed')];
  const [there, gone] = ['ann', 'ann'].map((key) => entry('presence', { key }));
  const kept = entry('notification', { at: now - 500_000 });
  const { entries, stale } = worthReplaying([old, kept, fresh, feed, there!, later, gone!], now);
  expect([entries, stale]).toEqual([[kept, fresh, later, gone], 1]);
});
