import type { NatsConnection } from '@nats-io/transport-node';
import { Log, Metrics } from '#boot';
import type { Bus } from '#bus';
import type { Hearer } from './channel.js';
import { Channels } from './channels.service.js';
import type { DeliveryMetrics } from './delivery-metrics.service.js';
import type { FrameHistory } from './frame-history.service.js';

/** Channels over a broker that goes and comes as the test says, and reads what was missed when it is let. */
function channels() {
  const reads: (() => void)[] = [];
  let [lose, comeBack] = [(): void => undefined, async (): Promise<void> => undefined];
  const bus = {
    connection: { subscribe: () => ({ unsubscribe: () => undefined }) } as unknown as NatsConnection,
    onLost: (fn: typeof lose) => (lose = fn),
    onReconnect: (fn: typeof comeBack) => (comeBack = fn),
  };
  const history = {
    epoch: async () => 'one',
    lastSeq: async () => 0,
    after: () => new Promise((read) => reads.push(() => read([]))),
  };
  const hub = new Channels(
    bus as unknown as Bus,
    history as unknown as FrameHistory,
    { gap: () => undefined } as unknown as DeliveryMetrics,
    Log.create({ app: 'realtime', level: 'silent' }),
    new Metrics(),
  );
  return { hub, reads, lose: () => lose(), comeBack: () => comeBack() };
}

/** A client that notes how often it is held. */
function hearer() {
  const noted = { holds: 0 };
  const client: Partial<Hearer> = { hold: () => (noted.holds += 1), release: () => (noted.holds -= 1) };
  return { client: client as Hearer, noted };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it.each(['while the broker is away', 'while what was missed is read'])(
  'RT10 RT33: who joins %s waits for what was missed in any channel, as all others do',
  async (when) => {
    const { hub, reads, lose, comeBack } = channels();
    const [stays, comes] = [hearer(), hearer()];
    for (const kind of ['user', 'all'] as const) await hub.join(kind, 'ann', stays.client).ready;
    lose();
    if (when !== 'while the broker is away') void comeBack();
    await turn();
    for (const kind of ['user', 'all'] as const) await hub.join(kind, 'ann', comes.client).ready;
    expect([stays.noted.holds > 0, comes.noted.holds > 0]).toEqual([true, true]);
    if (when === 'while the broker is away') void comeBack();
    for (let i = 0; i < 10; i += 1) await turn().then(() => reads.splice(0).forEach((read) => read()));
    expect([stays.noted.holds, comes.noted.holds]).toEqual([0, 0]);
  },
);

it('RT33: who joins when everything is as it should be waits for nothing', async () => {
  const { hub, reads, lose, comeBack } = channels();
  const [stays, comes] = [hearer(), hearer()];
  await hub.join('all', 'ann', stays.client).ready;
  lose();
  const back = comeBack();
  await turn();
  reads.splice(0).forEach((read) => read());
  await back;
  await hub.join('all', 'bob', comes.client).ready;
  expect([stays.noted.holds, comes.noted.holds]).toEqual([0, 0]);
});

it('RT33: a broker that is lost again while what was missed is read lets nobody go on before it is back', async () => {
  const { hub, reads, lose, comeBack } = channels();
  const client = hearer();
  await hub.join('all', 'ann', client.client).ready;
  lose();
  const first = comeBack();
  await turn();
  lose();
  reads.splice(0).forEach((read) => read());
  await first;
  expect(client.noted.holds).toBeGreaterThan(0);
  const second = comeBack();
  await turn();
  reads.splice(0).forEach((read) => read());
  await second;
  expect(client.noted.holds).toBe(0);
});
