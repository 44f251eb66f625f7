import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { eventually, pause } from '../support/eventually.js';
import { call } from '../support/http.js';
import { startStack, type Stack } from '../support/index.js';
import { internal, register, type SignedIn } from '../support/people.js';

const STALLED = 200;
const PEOPLE = 10;
/** The limit of its Deployment. */
const LIMIT_MIB = 512;

let stack: Stack;
const sockets: Socket[] = [];
const clients: WebSocket[] = [];
beforeAll(async () => {
  stack = await startStack();
}, 120_000);
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const client of clients) client.terminate();
  await stack?.stop();
});

/** Entered where the gateway enters it: what piles up must pile up here. */
function stalled(who: SignedIn): Promise<void> {
  const socket = connect(stack.internalPort('realtime'), '127.0.0.1');
  sockets.push(socket);
  const head = ['GET /v1/auth/ws HTTP/1.1', 'Host: realtime', 'Connection: Upgrade', 'Upgrade: websocket'];
  const proof = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=='];
  socket.on('error', () => undefined);
  socket.write([...head, ...proof, `Authorization: Bearer ${who.accessToken}`, '', ''].join('\r\n'));
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new Error('the upgrade was refused')));
    socket.once('data', () => {
      socket.removeAllListeners('close').pause();
      resolve();
    });
  });
}

const memoryMiB = (): number => {
  const status = fs.readFileSync(`/proc/${stack.pid('realtime')}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1_024;
};

async function metric(series: string): Promise<number> {
  const { body } = await call('GET', `http://127.0.0.1:${stack.internalPort('realtime')}/metrics`);
  const line = (body as string).split('\n').find((l) => l.startsWith(`gatehouse_realtime_${series} `));
  return Number(line?.split(' ').at(-1) ?? 0);
}

it(`RT22: ${STALLED} clients that stop reading are given up, others hear all, and memory stays below ${LIMIT_MIB} MiB and comes back`, async () => {
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => register(stack.info)));
  const reader = await register(stack.info);
  const heard: string[] = [];
  const url = `${stack.info.public_url.replace('http', 'ws')}/v1/auth/ws?token=${reader.accessToken}`;
  const client = new WebSocket(url);
  clients.push(client);
  client.on('message', (text) => heard.push((JSON.parse(String(text)) as { id: string }).id));
  await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
  await Promise.all(Array.from({ length: STALLED }, (_, i) => stalled(people[i % PEOPLE]!)));
  const pid = stack.pid('realtime');
  const before = memoryMiB();
  let most = before;

  const sent: string[] = [];
  const publish = async (text: string) => {
    const body = { type: 'notification', data: { text }, id: randomUUID() };
    const { status } = await internal(stack.info, 'broadcaster', 'POST', '/internal/broadcast', body);
    expect(status).toBe(202);
    sent.push(body.id);
  };
  // What each of them has not read is more than all of them may have together.
  await eventually('those who do not read to be given up', 120_000, async () => {
    await publish('x'.repeat(60_000));
    most = Math.max(most, memoryMiB());
    return (await metric('connections')) === 1 || undefined;
  });
  await publish('the last one');
  await eventually('the last event', 30_000, async () => heard.includes(sent.at(-1)!) || undefined);
  expect(heard).toEqual(sent);
  expect(client.readyState).toBe(WebSocket.OPEN);
  expect([stack.pid('realtime'), most < LIMIT_MIB]).toEqual([pid, true]);
  expect(await metric('queue_bytes')).toBe(0);
  // What the history keeps in memory is limited, and nothing of the two hundred is left.
  await eventually('the memory to come back', 60_000, async () => {
    await pause(500);
    return memoryMiB() < before + 64 || undefined;
  });
}, 300_000);
