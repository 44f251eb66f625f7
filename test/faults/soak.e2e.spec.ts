import fs from 'node:fs';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { eventually, pause } from '../support/eventually.js';
import { call } from '../support/http.js';
import { startStack, type Stack } from '../support/index.js';
import { searches } from '../support/nightly.js';
import { internal, me, register } from '../support/people.js';

/** What is filled once, caches and the heap itself, is full after the warm-up. */
const WARM_UP_SECONDS = searches(5, 600);
const SECONDS = searches(12, 3_600);
const WORKERS = 4;
const APPS = ['gateway', 'identity', 'licensing', 'realtime', 'secrets'];
/** A run of seconds tells no slope; it tells what grows without measure. */
const MOST_MIB = searches(64, (1 * 3_600) / 60);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
}, 120_000);
afterAll(() => stack?.stop());

const memoryMiB = (app: string): number => {
  const status = fs.readFileSync(`/proc/${stack.pid(app)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1_024;
};

/** The growth from the first to the last sample on the line that fits them best, in MiB. */
function growth(samples: number[]): number {
  const middle = (samples.length - 1) / 2;
  const mean = samples.reduce((sum, y) => sum + y, 0) / samples.length;
  const [xy, xx] = samples.reduce(([a, b], y, x) => [a + (x - middle) * (y - mean), b + (x - middle) ** 2], [0, 0]);
  return (xy / xx) * (samples.length - 1);
}

/** What people and producers do all day. */
async function live(until: number): Promise<void> {
  while (Date.now() < until) {
    const who = await register(stack.info);
    const url = `${stack.info.public_url.replace('http', 'ws')}/v1/auth/ws?token=${who.accessToken}`;
    const socket = new WebSocket(url);
    const body = { user_id: who.userId, type: 'notification', data: {}, id: randomUUID() };
    const heard: string[] = [];
    socket.on('message', (text) => heard.push((JSON.parse(String(text)) as { id: string }).id));
    await once(socket, 'open');
    expect((await internal(stack.info, 'broadcaster', 'POST', '/internal/broadcast', body)).status).toBe(202);
    await eventually('the event', 60_000, async () => heard.includes(body.id) || undefined);
    for (let i = 0; i < 20; i += 1) expect((await me(stack.info, who.accessToken)).status).toBe(200);
    await call('GET', `${stack.info.public_url}/v1/auth/users/online`, { token: who.accessToken });
    socket.close(1000);
    await once(socket, 'close');
    const leaving = `${stack.info.public_url}/v1/auth/logout`;
    expect((await call('POST', leaving, { token: who.accessToken, json: {} })).status).toBe(204);
  }
}

const busy = (seconds: number) => {
  const until = Date.now() + seconds * 1_000;
  return Promise.all(Array.from({ length: WORKERS }, () => live(until)));
};

it(`REL13: over ${SECONDS} seconds of work no app grows by more than ${MOST_MIB} MiB`, async () => {
  await busy(WARM_UP_SECONDS);
  const samples = new Map(APPS.map((app) => [app, [] as number[]]));
  const pids = APPS.map((app) => stack.pid(app));
  let done = false;
  const working = busy(SECONDS).finally(() => (done = true));
  while (!done) {
    for (const [app, own] of samples) own.push(memoryMiB(app));
    await pause(500);
  }
  await working;
  expect(APPS.map((app) => stack.pid(app))).toEqual(pids);
  const grown = Object.fromEntries([...samples].map(([app, own]) => [app, growth(own)]));
  expect(Object.entries(grown).filter(([, mib]) => !(mib < MOST_MIB))).toEqual([]);
}, 7_200_000);
