import { connect, type Socket } from 'node:net';
import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
const sockets: Socket[] = [];
beforeAll(async () => {
  edge = await Edge.start();
});
afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));
afterAll(() => edge.stop());

interface Line {
  socket: Socket;
  said: () => string;
  closed: Promise<void>;
}

async function dial({ gateway }: RunningGateway): Promise<Line> {
  const socket = connect(gateway.publicPort, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, said: () => text, closed };
}

const answered = (line: Line, times: number): Promise<void> =>
  new Promise((resolve) => {
    const look = () => (line.said().match(/HTTP\/1\.1 200/g)?.length === times ? resolve() : undefined);
    line.socket.on('data', look);
    look();
  });

const REQUEST = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';

it('RT30: a stopping gateway waits for no connection that asks nothing, whether it never asked or was kept', async () => {
  const stopping = await edge.gateway();
  const ahead = await dial(stopping);
  const kept = await dial(stopping);
  kept.socket.write(REQUEST);
  await answered(kept, 1);
  // Accepted in order: whoever connected before this answer is known to the server.
  await stopping.gateway.close();
  await Promise.all([ahead.closed, kept.closed]);
  expect(edge.lines.filter((line) => line.includes('the drain took too long'))).toEqual([]);
});

it('RT30: a request under way is answered whole, and its connection ends behind the answer', async () => {
  const stopping = await edge.gateway();
  const line = await dial(stopping);
  const body = JSON.stringify({ username: 'a', password: 'b' });
  const head = `POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  const begun = new Promise<void>((resolve) => {
    stopping.gateway.app.getHttpServer().once('request', () => resolve());
  });
  line.socket.write(`${head}\r\n\r\n${body.slice(0, 5)}`);
  await begun;
  const closing = stopping.gateway.close();
  line.socket.write(body.slice(5));
  await closing;
  await line.closed;
  expect(line.said()).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(line.said()).toContain('"token_type"');
});
