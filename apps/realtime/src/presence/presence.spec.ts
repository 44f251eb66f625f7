import type { FramePublisher } from '../fanout/frame-publisher.service.js';
import { PresenceController } from './presence.controller.js';

/** What is published when a profile has changed. */
async function published(changed: string[], status: string): Promise<unknown[]> {
  const frames: unknown[] = [];
  const publish = async (to: unknown, frame: object, eventClass: string) =>
    void frames.push({ to, ...frame, eventClass });
  const controller = new PresenceController({ publish } as unknown as FramePublisher);
  await controller.profileUpdated(
    { user_id: 'ann', changed, status },
    { id: 'e-1', event: '', at: new Date(), tries: 1 },
  );
  return frames;
}

it('RT27: a new status or name is told to everybody, conflated by person', async () => {
  for (const changed of [['status'], ['display_name']]) {
    expect(await published(changed, 'busy')).toEqual([
      {
        to: undefined,
        id: 'presence:e-1',
        type: 'presence_changed',
        data: { user_id: 'ann', status: 'busy' },
        key: 'ann',
        eventClass: 'presence',
      },
    ]);
  }
});

it('RT27: turning invisible looks like going offline, and whoever is invisible is told of no more', async () => {
  expect(await published(['status'], 'invisible')).toMatchObject([{ data: { user_id: 'ann', status: 'offline' } }]);
  expect(await published(['display_name', 'avatar_url'], 'invisible')).toEqual([]);
});
