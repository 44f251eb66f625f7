import { Health, Log, Shutdown } from '#boot';
import type { Bus } from '#bus';
import { DeviceSightings } from './device-sightings.js';

/** Sightings that are told to an identity that may be away. */
function sightings() {
  const told: string[][] = [];
  const away = { now: false };
  const bus = {
    send: async (_: unknown, { device_ids }: { device_ids: string[] }) => {
      if (away.now) throw new Error('identity is away');
      told.push(device_ids);
    },
  };
  const log = Log.create({ app: 'gateway', level: 'silent' });
  const shutdown = new Shutdown(new Health(), log);
  return { seen: new DeviceSightings(bus as unknown as Bus, log, shutdown), told, away, shutdown };
}

it('R-DP2: a device that is seen while identity is away is told with the next ones', async () => {
  const { seen, told, away } = sightings();
  away.now = true;
  seen.note({ device_id: 'one' });
  await seen.flush();
  away.now = false;
  seen.note({ device_id: 'two' });
  seen.note({});
  await seen.flush();
  await seen.flush();
  expect(told.map((ids) => ids.sort())).toEqual([['one', 'two']]);
});

it('R-DP2: a device that is seen last, before the app stops, is told', async () => {
  const { seen, told, shutdown } = sightings();
  seen.note({ device_id: 'one' });
  await shutdown.run('test');
  expect(told).toEqual([['one']]);
});
