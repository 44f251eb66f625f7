import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { GatehouseClient, type Frame } from '#client';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/index.js';
import { internal, newcomer } from '../support/people.js';

let stack: Stack;
let client: GatehouseClient | undefined;
beforeAll(async () => {
  stack = await startStack();
}, 120_000);
afterAll(async () => {
  client?.close();
  await stack?.stop();
});

/** Remembers what the server said about itself. */
class Overheard extends WebSocket {
  static readonly types: string[] = [];

  constructor(url: string, protocols: string[]) {
    super(url, protocols);
    this.on('message', (text) => Overheard.types.push((JSON.parse(String(text)) as Frame).type));
  }
}

it('RT30 RT31 C-realtime.drain: over a restart of realtime it hears each event once and in order, and no gap', async () => {
  client = new GatehouseClient({
    baseUrl: stack.info.public_url,
    delivery: 'body',
    WebSocket: Overheard,
    platform: { channel: () => undefined },
  });
  const user = await client.register(newcomer());
  const events = client.realtime();
  const heard: number[] = [];
  const gaps: object[] = [];
  events.on('notification', ({ data }: Frame) => heard.push(data.n as number));
  events.on('gap', (frame) => gaps.push(frame));
  await eventually('the connection', 20_000, async () => events.status.state === 'open' || undefined);

  let n = 0;
  const publish = async () => {
    n += 1;
    const body = { type: 'notification', user_id: user.id, data: { n }, id: randomUUID() };
    const taken = async () =>
      (await internal(stack.info, 'broadcaster', 'POST', '/internal/broadcast', body)).status === 202 || undefined;
    await eventually('acceptance', 60_000, taken);
  };
  await publish();
  let restarted = false;
  const restart = stack.restart('realtime').finally(() => (restarted = true));
  while (!restarted) await publish();
  await restart;
  await publish();
  await eventually('all of them', 60_000, async () => heard.length >= n || undefined);
  expect(heard).toEqual(Array.from({ length: n }, (_, i) => i + 1));
  expect(gaps).toEqual([]);
  expect(Overheard.types).toContain('reconnect');
}, 150_000);
