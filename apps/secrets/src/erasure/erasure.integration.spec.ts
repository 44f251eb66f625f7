import { jetstream } from '@nats-io/jetstream';
import type { Bus } from '#bus';
import {
  CreateChatSource,
  CreateStream,
  eventSubject,
  ListChatSources,
  ListStreams,
  PersonalData,
  RevealStreamKey,
  UserErased,
  type UserActor,
} from '#contracts';
import { newId } from '#persistence';
import { eventually } from '../../../../test/support/index.js';
import type { IdentityNeighbour } from '../../test/identity-neighbour.js';
import { person, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';

const KEY = 'live_123456789_canarycanarycanarycanary';
const TOKEN = 'oauth:canary0123456789';

// An event that fails is delivered again after 1, 2, 4 and 8 s.
jest.setTimeout(120_000);

let world: SecretsWorld;
let gateway: Bus;
let identityBus: Bus;
let identity: IdentityNeighbour;
beforeAll(async () => {
  world = await secretsWorld();
  await world.replica();
  gateway = await world.bus('gateway');
  identityBus = await world.bus('identity');
  identity = await world.neighbour();
}, 60_000);
afterAll(() => world?.end());

/** Somebody with a stream and a chat source. */
async function streamer(): Promise<UserActor> {
  const actor = person();
  const { id } = await gateway.send(CreateStream, { label: 'Main', platform: 'twitch', stream_key: KEY }, { actor });
  await gateway.send(RevealStreamKey, { stream_id: id, grant: identity.give(actor.user_id, id) }, { actor });
  const config = { channel: 'somebody', oauth_token: TOKEN };
  await gateway.send(CreateChatSource, { platform: 'kick', config }, { actor });
  return actor;
}

/** Tells the service that somebody is gone, and waits until it says that it has erased them. */
async function erase(user_id: string, erasure_id = newId()): Promise<void> {
  const before = identity.acknowledged.length;
  const data = JSON.stringify({ erasure_id, user_id });
  await jetstream(identityBus.connection).publish(eventSubject(UserErased), data, { msgID: newId() });
  await eventually('the erasure to be acknowledged', 60_000, () =>
    Promise.resolve(identity.acknowledged.slice(before).includes(erasure_id) || undefined),
  );
}

const held = async (user_id: string) => (await identityBus.send(PersonalData.secrets, { user_id, email: null })).data;
/** Rows that are anybody’s and that name the person, by table. */
const rowsOf = async (user_id: string): Promise<Record<string, number>> => {
  const [row] = await world.database.query<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM streams WHERE user_id = $1) AS streams,
            (SELECT count(*)::int FROM stream_keys k JOIN streams s ON s.id = k.stream_id WHERE s.user_id = $1) AS stream_keys,
            (SELECT count(*)::int FROM chat_sources WHERE user_id = $1) AS chat_sources,
            (SELECT count(*)::int FROM data_keys WHERE owner_id = $1::text AND wrapped IS NOT NULL) AS keys`,
    [user_id],
  );
  return row!;
};

describe('what is kept for a person', () => {
  it('R-GD3: they may know that it is kept and what for; keys and tokens are not in it', async () => {
    const { user_id } = await streamer();
    await streamer();
    const data = await held(user_id);
    expect(data).toMatchObject({
      streams: [{ label: 'Main', platform: 'twitch', stream_key_preview: expect.stringContaining('••••') }],
      chat_sources: [{ platform: 'kick', config: { channel: 'somebody', oauth_token: '••••6789' } }],
    });
    expect(data.keys).toEqual(
      expect.arrayContaining([expect.objectContaining({ purpose: expect.any(String), state: 'active' })]),
    );
    expect(data.uses).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'stream.reveal', caller: 'gateway' }),
        expect.objectContaining({ action: expect.stringMatching(/^chat_source\./) }),
      ]),
    );
    const text = JSON.stringify(data);
    for (const value of [KEY, TOKEN, 'wrapped', 'envelope']) expect(text).not.toContain(value);
  });

  it('SEC11 R-GD2: with the account its streams, chat sources and keys go, and identity is told', async () => {
    const [gone, other] = [await streamer(), await streamer()];
    expect(await rowsOf(gone.user_id)).toMatchObject({ streams: 1, stream_keys: 1, chat_sources: 1, keys: 2 });
    const others = await rowsOf(other.user_id);
    await erase(gone.user_id);
    expect(await rowsOf(gone.user_id)).toEqual({ streams: 0, stream_keys: 0, chat_sources: 0, keys: 0 });
    expect(await rowsOf(other.user_id)).toEqual(others);
    expect(await held(gone.user_id)).toMatchObject({ streams: [], chat_sources: [] });
    expect((await gateway.send(ListStreams, {}, { actor: gone })).streams).toEqual([]);
    expect((await gateway.send(ListChatSources, {}, { actor: gone })).chat_sources).toEqual([]);
  });

  it('R-GD2: told again, it acknowledges again; one who has nothing here is acknowledged, too', async () => {
    const { user_id } = await streamer();
    const erasure_id = newId();
    await erase(user_id, erasure_id);
    await erase(user_id, erasure_id);
    expect(identity.acknowledged.filter((id) => id === erasure_id)).toHaveLength(2);
    await erase(newId());
  });
});
