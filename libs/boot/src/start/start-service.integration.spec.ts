import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = join(__dirname, '../../../../dist/libs/boot/test/sample.main.js');

interface Line {
  msg: string;
  internal_port: number;
  [field: string]: unknown;
}

/** The built sample service as a process of its own. */
class Sample {
  readonly lines: Line[] = [];
  stderr = '';
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(env: Record<string, string>) {
    const base = {
      PATH: process.env['PATH'],
      NATS_URL: 'nats://127.0.0.1:4222',
      NATS_SEED_FILE: MAIN,
      INTERNAL_PORT: '0',
    };
    this.child = spawn(process.execPath, [MAIN], { env: { ...base, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stderr!.on('data', (d: Buffer) => (this.stderr += d.toString()));
    createInterface({ input: this.child.stdout! }).on('line', (l) => this.lines.push(JSON.parse(l) as Line));
    this.exited = once(this.child, 'close').then(([code]) => code as number | null);
  }

  async ready(): Promise<string> {
    for (;;) {
      const line = this.lines.find((l) => l.msg === 'ready');
      if (line) return `http://127.0.0.1:${line.internal_port}`;
      if (this.child.exitCode !== null) throw new Error(this.stderr);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

describe('startService', () => {
  it('OPS6 OPS18: answers health and metrics, and upgrades of the app’s own', async () => {
    const sample = new Sample({});
    const url = await sample.ready();
    expect(await (await fetch(`${url}/health/live`)).json()).toEqual({ status: 'live' });
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', dependencies: { broker: { status: 'up' } } },
    ]);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('nodejs_eventloop_lag');
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    expect(await upgrade(url, '/socket')).toContain('101 Switching Protocols');
    expect(await upgrade(url, '/elsewhere')).toContain('404 Not Found');
    expect(sample.lines.find((l) => l.msg === 'the bus listens')?.patterns).toEqual(['sample']);
    sample.kill('SIGKILL');
    await sample.exited;
  });

  it('REL5: stops in order on SIGTERM, also when signalled twice, with code 0', async () => {
    const sample = new Sample({});
    await sample.ready();
    sample.kill('SIGTERM');
    sample.kill('SIGINT');
    expect(await sample.exited).toBe(0);
    const told = sample.lines.map((l) => l.msg);
    expect(told.slice(told.indexOf('stopping'))).toEqual([
      'stopping',
      'stopped consumers',
      'stopped http',
      'stopped bus',
      'the strategy closed',
      'stopped pools',
      'stopped',
    ]);
  });

  it('loses no line of its end, though all threads are busy', async () => {
    const sample = new Sample({});
    await fetch(`${await sample.ready()}/busy`);
    sample.kill('SIGTERM');
    expect(await sample.exited).toBe(0);
    expect(sample.lines.at(-1)?.msg).toBe('stopped');
  });

  it('drains after a forgotten rejection, and ends with code 1', async () => {
    const sample = new Sample({});
    await fetch(`${await sample.ready()}/crash`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    expect(await sample.exited).toBe(1);
    expect(sample.lines.find((l) => l.level === 'fatal')).toMatchObject({ error: { message: 'a forgotten promise' } });
    expect(sample.lines.at(-1)?.msg).toBe('stopped');
  });

  it('OPS23: a taken port ends the start with what to do, code 1 and no stack', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const sample = new Sample({ INTERNAL_PORT: String(port) });
    expect(await sample.exited).toBe(1);
    expect(sample.stderr).toBe(
      `The start failed: 127.0.0.1:${port} is taken.\nStop the process that listens there, or set another port.\n`,
    );
    other.close();
  });

  it('OPS23: a bad environment ends the start with all its problems, code 1 and no stack', async () => {
    const sample = new Sample({ NATS_URL: '', INTERNAL_PORT: 'x', LOG_LEVEL: 'loud' });
    expect(await sample.exited).toBe(1);
    expect(sample.stderr).toMatch(
      /^The configuration has 3 problems:\n {2}LOG_LEVEL .*\n {2}NATS_URL .*\n {2}INTERNAL_PORT /,
    );
    expect(sample.stderr + JSON.stringify(sample.lines)).not.toMatch(/\n\s+at |stack/);
  });
});

function upgrade(url: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (d) => (answer += d.toString())).on('error', reject);
    socket.on('close', () => resolve(answer));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  });
}
