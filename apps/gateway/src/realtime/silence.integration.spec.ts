import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { eventually, pause } from '../../../../test/support/eventually.js';
import { gatewayToRealtime, type GatewayToRealtime } from '../../test/gateway-to-realtime.js';

let whole: GatewayToRealtime;
let { edge, realtime, gateway } = {} as GatewayToRealtime;
/** Connections of clients, from the gateway's side. */
const accepted: Socket[] = [];
const clients: Socket[] = [];

beforeAll(async () => {
  whole = await gatewayToRealtime();
  ({ edge, realtime, gateway } = whole);
  gateway.gateway.app.getHttpServer().on('connection', (socket: Socket) => accepted.push(socket));
});
afterEach(() => clients.splice(0).forEach((client) => client.destroy()));
afterAll(() => whole?.stop());

/** Sends a request and reads nothing of what is answered. */
async function ask(path: string, ...headers: string[]): Promise<Socket> {
  const { hostname, port } = new URL(gateway.url);
  const client = connect(Number(port), hostname);
  clients.push(client.on('error', () => undefined));
  const before = accepted.length;
  client.write([`GET ${path}?token=${edge.issuer.token()} HTTP/1.1`, 'Host: gateway', ...headers, '', ''].join('\r\n'));
  return eventually('its connection', 30_000, async () => accepted[before]);
}

/** Says so much that nothing more goes out, and is not waited for. */
async function fill(say: (text: string) => void, waiting: () => number): Promise<void> {
  await eventually('a way that is full', 20_000, async () => {
    const before = waiting();
    if (before) await pause(100);
    if (before && waiting() === before) return true;
    say('x'.repeat(500_000));
  });
}

/** What is to become of a connection in a minute and a half comes about at once. */
async function endsWhenSilent(connection: Socket): Promise<void> {
  expect(connection.timeout).toBe(90_000);
  connection.setTimeout(200);
  await eventually('its end', 30_000, async () => connection.destroyed || undefined);
}

describe('RT22: a client that takes nothing, though realtime has more for it', () => {
  it('is cut off from its event stream, and realtime hears of it', async () => {
    const connection = await ask('/v1/auth/events');
    const answer = await eventually('its stream', 30_000, async () => realtime.answers.at(-1));
    await fill(
      (text) => answer.write(`data: ${text}\n\n`),
      () => answer.writableLength,
    );
    await endsWhenSilent(connection);
    await eventually('the end of its stream', 30_000, async () => answer.destroyed || undefined);
  });

  it('is cut off from its socket, and realtime hears of it', async () => {
    const key = `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`;
    const asking = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', key];
    const connection = await ask('/v1/auth/ws', ...asking);
    const socket = await eventually('its socket', 30_000, async () => [...realtime.sockets].at(-1));
    await fill(
      (text) => socket.send(text),
      () => socket.bufferedAmount,
    );
    await endsWhenSilent(connection);
    await eventually('the end of its socket', 30_000, async () => socket.readyState === socket.CLOSED || undefined);
  });
});
