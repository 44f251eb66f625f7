import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RegisterUser } from '#contracts';
import { IdentityApp, newcomer, outcome } from '../../test/identity-app.js';

const STOLEN = 'a phrase that was stolen once';
const PADDED = 'a phrase that only pads answers';
const digestOf = (password: string) => createHash('sha1').update(password).digest('hex').toUpperCase();

/** A range server: it knows one stolen password, and pads its answers with others that count nothing. */
class RangeServer {
  readonly asked: IncomingMessage[] = [];
  mode: 'answer' | 'fail' | 'hang' = 'answer';
  private readonly server: Server = createServer((request, response) => {
    this.asked.push(request);
    if (this.mode === 'hang') return;
    if (this.mode === 'fail') return void response.writeHead(500).end();
    const lines = [`${digestOf(STOLEN).slice(5)}:42`, `${digestOf(PADDED).slice(5)}:0`, `${'0'.repeat(35)}:7`];
    response.end(lines.join('\r\n'));
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

let app: IdentityApp;
const ranges = new RangeServer();
beforeAll(async () => {
  app = await IdentityApp.start({ passwordBreachUrl: await ranges.start() });
});
afterAll(async () => {
  await app?.stop();
  await ranges.stop();
});
beforeEach(() => {
  ranges.asked.length = 0;
  ranges.mode = 'answer';
  // Who waits too short passes unasked: a busy machine may take longer for an answer than it is waited for in earnest.
  const { timeout } = AbortSignal;
  jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout.call(AbortSignal, ms * 10));
});
afterEach(() => jest.restoreAllMocks());

const register = (password: string) => app.ask(RegisterUser, { ...newcomer(), password }, { timeoutMs: 30_000 });

describe('the check for stolen passwords', () => {
  it('R-PW6: refuses one that the range server knows, and says why', async () => {
    await expect(register(STOLEN)).rejects.toMatchObject({
      code: 'password_too_weak',
      extras: { errors: [{ field: 'password', code: 'breached' }] },
    });
  });

  it('R-PW6: sends five digits of the hash and no more, and asks for padding, which counts nothing', async () => {
    await expect(outcome(register(PADDED))).resolves.toBe('ok');
    const [request] = ranges.asked;
    expect(request!.url).toBe(`/range/${digestOf(PADDED).slice(0, 5)}`);
    expect(request!.headers['add-padding']).toBe('true');
    expect(JSON.stringify(request!.headers)).not.toContain(digestOf(PADDED).slice(5));
  });

  it.each(['fail', 'hang'] as const)('R-PW6: fails open when the range server does %s', async (mode) => {
    jest.restoreAllMocks();
    ranges.mode = mode;
    await expect(outcome(register(STOLEN))).resolves.toBe('ok');
  });
});
