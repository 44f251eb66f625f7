import type { Bus } from '#bus';
import { CreateChatSource, CreateStream, TooManyChatSources, TooManyStreams, type Refusal } from '#contracts';
import { person, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';

let world: SecretsWorld;
let gateway: Bus;
beforeAll(async () => {
  world = await secretsWorld();
  await Promise.all([world.replica(), world.replica()]);
  gateway = await world.bus('gateway');
}, 60_000);
afterAll(() => world?.end());

/** What becomes of so many that are made at the same time. */
const atOnce = async (times: number, make: () => Promise<unknown>): Promise<Record<string, number>> => {
  const outcome = (made: Promise<unknown>) =>
    made.then(
      () => 'ok',
      (error: unknown) => (error as Refusal).code,
    );
  const counts: Record<string, number> = {};
  for (const each of await Promise.all(Array.from({ length: times }, () => outcome(make()))))
    counts[each] = (counts[each] ?? 0) + 1;
  return counts;
};

it('C-streams.create: an account has so many and no more, also of those that are made at once', async () => {
  const actor = person();
  const stream = { label: 'Main', platform: 'twitch', stream_key: 'live_123456789' };
  const make = () => gateway.send(CreateStream, stream, { actor });
  for (let i = 0; i < 90; i++) await make();
  expect(await atOnce(20, make)).toEqual({ ok: 10, [TooManyStreams.code]: 10 });
});

it('C-chat_sources.create: neither has it more chat sources', async () => {
  const actor = person();
  const make = () => gateway.send(CreateChatSource, { platform: 'kick', config: { channel: 'somebody' } }, { actor });
  for (let i = 0; i < 40; i++) await make();
  expect(await atOnce(20, make)).toEqual({ ok: 10, [TooManyChatSources.code]: 10 });
});
