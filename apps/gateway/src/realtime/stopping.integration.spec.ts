import { WebSocket } from 'ws';
import { eventually } from '../../../../test/support/eventually.js';
import { gatewayToRealtime, type GatewayToRealtime } from '../../test/gateway-to-realtime.js';

let whole: GatewayToRealtime;
beforeAll(async () => {
  whole = await gatewayToRealtime();
});
afterAll(() => whole?.stop());

it('RT30: what realtime opens while the gateway stops is refused, and not opened to be cut off', async () => {
  const { edge, realtime } = whole;
  const stopping = await edge.gateway({ REALTIME_URL: realtime.url });
  let answer = (): void => undefined;
  realtime.ready = new Promise((resolve) => (answer = resolve));
  const token = edge.issuer.token();
  const socket = new WebSocket(`${stopping.url.replace('http', 'ws')}/v1/auth/ws?token=${token}`);
  const status = new Promise((resolve) => {
    socket.on('error', () => undefined).once('open', () => resolve('open'));
    socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode));
  });
  const stream = stopping.call('GET', '/v1/auth/events', { token });
  await eventually('both to be asked for', 30_000, async () => {
    return (realtime.upgrades.length === 1 && realtime.streams.length === 1) || undefined;
  });
  const closing = stopping.gateway.close();
  answer();
  const { status: refused, body } = await stream;
  expect([await status, refused, body.code]).toEqual([503, 503, 'unavailable']);
  await closing;
  expect(edge.lines.filter((line) => line.includes('the drain took too long'))).toEqual([]);
});
