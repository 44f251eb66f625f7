import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { DevInfo } from '#local';
import { call } from '../support/http.js';
import { eventually, stack } from '../support/index.js';
import { register, type SignedIn } from '../support/people.js';

let dev: DevInfo;
let observer: SignedIn;
const sockets: WebSocket[] = [];
beforeAll(async () => {
  dev = await stack();
  observer = await register(dev);
}, 240_000);
afterEach(() => sockets.splice(0).forEach((socket) => socket.terminate()));

async function open(who: SignedIn): Promise<WebSocket> {
  const url = `${dev.public_url.replace('http', 'ws')}/v1/auth/ws`;
  const socket = new WebSocket(url, ['gatehouse.v1', `bearer.${who.accessToken}`]);
  sockets.push(socket);
  await once(socket, 'open');
  return socket;
}

/** Server-sent events. @returns leaves */
async function listen(who: SignedIn): Promise<() => void> {
  const leaving = new AbortController();
  const headers = { authorization: `Bearer ${who.accessToken}` };
  const { status } = await fetch(`${dev.public_url}/v1/auth/events`, { headers, signal: leaving.signal });
  expect(status).toBe(200);
  return () => leaving.abort();
}

async function isThere(who: SignedIn): Promise<boolean> {
  const { body } = await call('GET', `${dev.public_url}/v1/auth/users/online`, { token: observer.accessToken });
  return (body.users as { id: string }[]).some(({ id }) => id === who.userId);
}
/** Who is not told of at once comes with the next report of all, after forty seconds. */
const comes = (who: SignedIn) =>
  eventually('the person to be there', 60_000, async () => (await isThere(who)) || undefined);
/** Well within the two minutes of somebody of whom nothing is heard. */
const goes = (who: SignedIn) =>
  eventually('the person to be gone', 60_000, async () => (await isThere(who)) === false || undefined);

it('RT26 C-presence.online: who closes their last connection is soon gone, is back with the next one, and who stays stays', async () => {
  const [who, listener, stays] = [await register(dev), await register(dev), await register(dev)];
  const [first, last, other] = [await open(who), await open(who), await open(stays)];
  const leave = await listen(listener);
  await comes(who);
  await comes(listener);
  first.close(1000);
  last.close(1000);
  leave();
  // In its last moments a connection was replaced by another one: nobody has left.
  other.close(1000);
  await open(stays);
  await goes(who);
  await goes(listener);
  await open(who);
  await comes(who);
  expect(await isThere(stays)).toBe(true);
}, 120_000);
