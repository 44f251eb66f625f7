import type { INestMicroservice } from '@nestjs/common';
import type { Bus } from '#bus';
import {
  CreateStream,
  DeleteStream,
  LookUpStreams,
  NotFound,
  ReplaceStreamKey,
  RevealStreamKey,
  StreamKeyReplaced,
  type Refusal,
  type UserActor,
} from '#contracts';
import type { IdentityNeighbour } from '../../test/identity-neighbour.js';
import { internalCaller, person, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import { StreamKeys } from './stream-keys.service.js';
import { StreamsRepository } from './streams.repository.js';

const FIRST = 'live_123456789_first';
const SECOND = 'live_123456789_second';
const USE = { action: 'stream.seal', caller: 'gateway' };

let world: SecretsWorld;
let replica: INestMicroservice;
let gateway: Bus;
let identity: IdentityNeighbour;
beforeAll(async () => {
  world = await secretsWorld();
  replica = await world.replica();
  gateway = await world.bus('gateway');
  identity = await world.neighbour();
}, 60_000);
afterEach(() => (identity.meanwhile = undefined));
afterAll(() => world?.end());

const create = async (actor: UserActor): Promise<string> =>
  (await gateway.send(CreateStream, { label: 'Main', platform: 'twitch', stream_key: FIRST }, { actor })).id;
const remove = (actor: UserActor, stream_id: string) => gateway.send(DeleteStream, { stream_id }, { actor });
const replace = (actor: UserActor, stream_id: string) =>
  gateway.send(ReplaceStreamKey, { stream_id, stream_key: SECOND, grace_seconds: 0 }, { actor });
const reveal = async (actor: UserActor, stream_id: string): Promise<string> => {
  const grant = identity.give(actor.user_id, stream_id);
  return (await gateway.send(RevealStreamKey, { stream_id, grant }, { actor })).stream_key;
};
const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'ok',
    (error: unknown) => (error as Refusal).code,
  );

it('D-rotation: of five that replace the same key one does; the key before keeps its time of grace', async () => {
  const ada = person();
  await create(ada);
  const [stream] = await replica.get(StreamsRepository).enabledOf(ada.user_id);
  const keys = Array.from({ length: 5 }, (_, i) => `live_123456789_${i}`);
  const tries = keys.map((key) => outcome(replica.get(StreamKeys).replace(stream!, key, 60, USE)));
  const outcomes = await Promise.all(tries);
  expect(outcomes.toSorted()).toEqual(['ok', ...Array<string>(4).fill(StreamKeyReplaced.code)]);
  const actor = internalCaller('broadcaster', 'streams.read');
  const { streams } = await gateway.send(LookUpStreams, { user_id: ada.user_id, previous: true }, { actor });
  expect(streams).toMatchObject([{ stream_key: keys[outcomes.indexOf('ok')], previous_stream_key: FIRST }]);
});

it('C-streams.reveal: of a key that is replaced meanwhile the new one is shown, of one that is deleted none', async () => {
  const ada = person();
  const id = await create(ada);
  identity.meanwhile = () => replace(ada, id);
  expect(await reveal(ada, id)).toBe(SECOND);
  identity.meanwhile = () => remove(ada, id);
  expect(await outcome(reveal(ada, id))).toBe(NotFound.code);
});

it('C-streams.internal_lookup: keys that are replaced or deleted after the streams were read are no broken ones', async () => {
  const ada = person();
  const [one, two] = [await create(ada), await create(ada)];
  const read = await replica.get(StreamsRepository).enabledOf(ada.user_id);
  await replace(ada, one);
  await remove(ada, two);
  const keys = await replica.get(StreamKeys).openAll(read, USE, true);
  expect([...keys]).toEqual([[one, [SECOND]]]);
});
