import { jetstream } from '@nats-io/jetstream';
import type { INestMicroservice } from '@nestjs/common';
import type { Bus } from '#bus';
import {
  CreateStream,
  DeletionRequested,
  DeletionUndone,
  eventSubject,
  ListStreams,
  LookUpStreams,
  UserClosed,
  UserErased,
  UserRestored,
  UserSuspended,
} from '#contracts';
import { newId } from '#persistence';
import { eventually } from '../../../../test/support/index.js';
import { internalCaller, person, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import { AccountClosuresRepository } from './account-closures.repository.js';

const broadcaster = internalCaller('broadcaster', 'streams.read');

let world: SecretsWorld;
let replica: INestMicroservice;
let [gateway, identity] = [] as unknown as [Bus, Bus];
beforeAll(async () => {
  world = await secretsWorld();
  replica = await world.replica();
  [gateway, identity] = [await world.bus('gateway'), await world.bus('identity')];
  await world.neighbour();
}, 60_000);
afterAll(() => world?.end());

const tell = (event: { name: string }, data: object) =>
  jetstream(identity.connection).publish(eventSubject(event), JSON.stringify(data), { msgID: newId() });

/** Somebody with a stream. */
async function streamer() {
  const actor = person();
  const stream = { label: 'Main', platform: 'twitch', stream_key: 'live_123456789' };
  await gateway.send(CreateStream, stream, { actor });
  return actor;
}

const lookUp = async (user_id: string) =>
  (await gateway.send(LookUpStreams, { user_id }, { actor: broadcaster })).streams.length;
const becomes = (user_id: string, count: number) =>
  eventually(`${count} streams`, 30_000, async () => (await lookUp(user_id)) === count || undefined);

it.each<[string, { name: string }, { name: string }]>([
  ['suspended', UserSuspended, UserRestored],
  ['deleted by staff', UserClosed, UserRestored],
  ['deleted by its person', DeletionRequested, DeletionUndone],
])('C-streams.internal_lookup C-account.delete: of an account that is %s nothing is handed out', async (...args) => {
  const [, closed, opened] = args;
  const { user_id, ...actor } = await streamer();
  const other = await streamer();
  expect(await lookUp(user_id)).toBe(1);
  await tell(closed, { user_id, ...(closed === DeletionRequested ? { due_at: new Date().toISOString() } : {}) });
  await becomes(user_id, 0);
  expect(await lookUp(other.user_id)).toBe(1);
  await tell(opened, { user_id });
  await becomes(user_id, 1);
  expect((await gateway.send(ListStreams, {}, { actor: { ...actor, user_id } })).streams).toHaveLength(1);
});

it('C-account.delete: what was told later holds, in whatever order it comes; an undone deletion lifts no suspension', async () => {
  const closures = replica.get(AccountClosuresRepository);
  const { user_id } = await streamer();
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 12, 0, seconds));
  await closures.note(user_id, ['deleted'], false, at(2));
  await closures.note(user_id, ['deleted'], true, at(1));
  expect(await lookUp(user_id)).toBe(1);
  await closures.note(user_id, ['suspended'], true, at(3));
  await closures.note(user_id, ['deleted'], true, at(4));
  await closures.note(user_id, ['deleted'], false, at(5));
  expect(await lookUp(user_id)).toBe(0);
  await closures.note(user_id, ['suspended', 'deleted'], false, at(6));
  expect(await lookUp(user_id)).toBe(1);
});

it('SEC11: of who was erased nothing is kept, and nothing is noted anew', async () => {
  const { user_id } = await streamer();
  const rows = () => world.database.query('SELECT 1 FROM account_closures WHERE user_id = $1', [user_id]);
  await tell(UserSuspended, { user_id });
  await eventually('the note', 30_000, async () => (await rows()).length || undefined);
  await tell(UserErased, { erasure_id: newId(), user_id });
  await eventually('the erasure', 30_000, async () => ((await rows()).length ? undefined : true));
  await replica.get(AccountClosuresRepository).note(user_id, ['deleted'], true, new Date());
  expect(await rows()).toEqual([]);
});
