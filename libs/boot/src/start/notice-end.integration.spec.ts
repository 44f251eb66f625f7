import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { noticeEnd } from './notice-end.js';

let server: Server;
const clients: Socket[] = [];
beforeEach(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  server.close();
});

/** Asks for an upgrade. @returns both ends of the connection that nobody answers */
async function upgrading(): Promise<{ client: Socket; socket: Socket }> {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  clients.push(client);
  client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  const [, socket] = (await once(server, 'upgrade')) as [unknown, Socket];
  socket.on('error', () => socket.destroy());
  return { client, socket };
}

it.each(['ends', 'breaks off'] as const)(
  'RT32: a client that %s while its upgrade waits is seen to be gone',
  async (how) => {
    const { client, socket } = await upgrading();
    noticeEnd(socket);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    if (how === 'ends') client.end();
    else client.resetAndDestroy();
    await closed;
    expect(socket.destroyed).toBe(true);
  },
);

it('RT32: what a client says early is there when the socket is read, and it is not gone for that', async () => {
  const { client, socket } = await upgrading();
  const stop = noticeEnd(socket);
  client.write('early ');
  while (!socket.readableLength) await new Promise(setImmediate);
  stop();
  let heard = '';
  socket.on('data', (bytes: Buffer) => (heard += String(bytes)));
  client.end('and late');
  await once(socket, 'end');
  expect([heard, socket.destroyed]).toEqual(['early and late', false]);
  socket.destroy();
});
