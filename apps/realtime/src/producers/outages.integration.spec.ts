import { randomUUID } from 'node:crypto';
import type { INestMicroservice } from '@nestjs/common';
import { Refusal, type BroadcastRequest } from '#contracts';
import { eventually, testBroker, type TestBroker } from '../../../../test/support/index.js';
import { severable, type Severable } from '../../../../test/support/severable.js';
import { closeClients } from '../../test/client.js';
import { producersApp } from '../../test/producers-app.js';
import { message } from '../../test/producing.js';
import { Replica } from '../../test/replica.js';
import type { ProducedFrame } from './produced-frame.js';
import { broadcastFrame as frameOf, chatMessageFrame } from './producers.rules.js';
import { ProducersService } from './producers.service.js';

let broker: TestBroker;
let way: Severable;
let app: INestMicroservice;
let producers: ProducersService;
let sockets: Replica;

beforeAll(async () => {
  broker = await testBroker();
  way = await severable(broker.url);
  app = await producersApp(broker, way.url);
  producers = app.get(ProducersService);
  sockets = await Replica.start(broker);
}, 60_000);
afterAll(async () => {
  closeClients();
  // Whatever was started ends, also when what came after it did not start: a connection left open ends no run.
  await Promise.allSettled([sockets?.stop(), app?.close()]);
  await way?.cut();
  await broker?.stop();
});

/** What a producer does: the same again until it is taken. */
const broadcastFrame = (input: BroadcastRequest): ProducedFrame => frameOf(input, 'broadcaster');
const untilTaken = (frame: ProducedFrame) =>
  eventually('acceptance', 30_000, () =>
    producers.push(frame).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'unavailable') return undefined;
      throw error;
    }),
  );

it('RT33 F-producers: while the broker is away nothing is accepted; what was refused can be sent again, and comes once', async () => {
  const user = randomUUID();
  const client = await sockets.open(`${user}:${randomUUID()}`, { query: { as: 'agent' } });
  const request = { type: 'notification', data: {}, user_id: user, id: randomUUID(), cooldown_key: 'live' };
  const [told, said] = [broadcastFrame(request), chatMessageFrame(message(user))];
  await way.cut();
  await expect(producers.push(told)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(producers.push(said)).rejects.toMatchObject({ code: 'unavailable' });
  await way.mend();
  // Its own cooldown does not hold it back.
  expect((await untilTaken(told)).status).toBe('delivered');
  expect((await untilTaken(said)).status).toBe('delivered');
  expect((await untilTaken(told)).status).toBe('duplicate');
  await eventually('both', 30_000, async () => client.ids.length === 2 || undefined);
  expect(client.ids).toEqual([told.frame.id, said.frame.id]);
}, 60_000);

it('RT33: over a connection that breaks again and again, what was accepted has come, once and in order', async () => {
  const user = randomUUID();
  const client = await sockets.open(`${user}:${randomUUID()}`);
  const frames = Array.from({ length: 40 }, () =>
    broadcastFrame({ type: 'x', data: {}, user_id: user, id: randomUUID() }),
  );
  for (const [i, frame] of frames.entries()) {
    const answer = untilTaken(frame);
    if (i % 20 === 10) await way.cut().then(() => way.mend());
    expect(['delivered', 'queued', 'duplicate']).toContain((await answer).status);
  }
  await client.has(frames.at(-1)!.frame.id);
  expect(client.ids).toEqual(frames.map((f) => f.frame.id));
}, 60_000);

it('RT33: a replica that is told to stop while the broker is away or stands still does so', async () => {
  for (const stall of [() => way.cut(), () => broker.pause()]) {
    const stopping = await producersApp(broker, way.url);
    const pending = stopping.get(ProducersService).push(broadcastFrame({ type: 'x', data: {}, id: randomUUID() }));
    const outcome = pending.then(
      () => 'taken',
      () => 'refused',
    );
    await stall();
    await stopping.close();
    expect(['taken', 'refused']).toContain(await outcome);
    await Promise.all([way.mend(), broker.resume()]);
  }
}, 60_000);
