import net from 'node:net';
import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());

/** All that comes back for these bytes until the other side hangs up. */
const said = (port: number, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => void socket.write(bytes));
    let text = '';
    socket.on('data', (some: Buffer) => (text += some.toString()));
    socket.on('close', () => resolve(text)).on('error', reject);
  });

const HEAD = 'POST /v1/license/validate HTTP/1.1\r\nHost: x\r\n';

it('a sender that goes on and on after that is hung up on', async () => {
  const socket = net.connect({ port: gateway.gateway.publicPort, host: '127.0.0.1', allowHalfOpen: true });
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => undefined).resume();
  socket.write('hello\r\n\r\n');
  const more = setInterval(() => socket.write('more'), 50);
  await closed;
  clearInterval(more);
});

describe.each(['public', 'internal'] as const)('on the %s listener', (listener) => {
  it.each([
    [400, 'a method in small letters', 'post / HTTP/1.1\r\nHost: x\r\n\r\n'],
    [400, 'two lengths of one body', `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`],
    [400, 'something that is no HTTP', 'hello\r\n\r\n'],
    [431, 'headers of 20 KiB', `${HEAD}X-Much: ${'x'.repeat(20 * 1024)}\r\n\r\n`],
  ])(
    '%i: %s is answered by a problem document with its request id, and the headers of every answer',
    async (status, _, bytes) => {
      const { publicPort, internalPort } = gateway.gateway;
      const answer = await said(listener === 'public' ? publicPort : internalPort, bytes);
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(head).toMatch(/^content-type: application\/problem\+json/im);
      expect(head).toMatch(/^x-content-type-options: nosniff$/im);
      const problem = JSON.parse(body) as Record<string, unknown>;
      expect(problem).toMatchObject({ status, code: 'validation_failed', detail: expect.any(String) });
      expect(head).toContain(`x-request-id: ${String(problem.request_id)}`);
    },
  );
});
