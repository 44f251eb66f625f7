import type { FramePublisher } from '../fanout/frame-publisher.service.js';
import { PresenceController } from './presence.controller.js';

/** What is published when a profile has changed. */
async function published(changed: string[], status: string, before = status): Promise<unknown[]> {
  const frames: unknown[] = [];
  const publish = async (to: unknown, frame: object, eventClass: string) =>
    void frames.push({ to, ...frame, eventClass });
  const controller = new PresenceController({ publish } as unknown as FramePublisher);
  await controller.profileUpdated(
    { user_id: 'ann', changed, status, before },
    { id: 'e-1', event: '', at: new Date(), tries: 1 },
  );
  return frames;
}

it.each([
  [['status'], 'online'],
  [['display_name'], 'busy'],
])('RT27: a new %s is told to everybody, conflated by person', async (changed, before) => {
  expect(await published(changed, 'busy', before)).toEqual([
    {
      to: undefined,
      id: 'presence:e-1',
      type: 'presence_changed',
      data: { user_id: 'ann', status: 'busy' },
      key: 'ann',
      eventClass: 'presence',
    },
  ]);
});

it('RT27: turning invisible and back is told as little as coming and going', async () => {
  expect(await published(['status'], 'invisible', 'online')).toEqual([]);
  expect(await published(['status', 'display_name'], 'busy', 'invisible')).toEqual([]);
});

it('RT27: whoever is invisible is told of in no way', async () => {
  expect(await published(['display_name', 'avatar_url'], 'invisible')).toEqual([]);
});
