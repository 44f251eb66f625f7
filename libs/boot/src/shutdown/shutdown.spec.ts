import { Health } from '../health/health.js';
import { Log } from '../log/log.js';
import { Shutdown, SHUTDOWN_PHASES } from './shutdown.js';

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Shutdown', () => {
  const log = Log.create({ app: 'test', level: 'silent' });
  let health: Health;
  let shutdown: Shutdown;
  let order: string[];

  beforeEach(() => {
    health = new Health();
    health.started();
    shutdown = new Shutdown(health, log);
    order = [];
  });

  it('goes in order whatever the order of registration, and waits for each phase', async () => {
    for (const phase of [...SHUTDOWN_PHASES].reverse()) {
      shutdown.register(phase, phase, async () => {
        await tick();
        order.push(phase);
      });
    }
    expect(await shutdown.run('SIGTERM')).toBe(true);
    expect(order).toEqual(['intake', 'consumers', 'http', 'bus', 'app', 'pools']);
  });

  it('OPS6: is not ready before anything stops', async () => {
    let status: string | undefined;
    shutdown.register('intake', 'listener', async () => void (status = (await health.ready()).status));
    await shutdown.run('SIGTERM');
    expect(status).toBe('stopping');
  });

  it('runs once, however often it is asked', async () => {
    shutdown.register('http', 'server', () => void order.push('server'));
    await Promise.all([shutdown.run('SIGTERM'), shutdown.run('SIGINT')]);
    expect(order).toEqual(['server']);
  });

  it('closes the pools even when the bus fails, and says that it was not clean', async () => {
    shutdown.register('bus', 'nats', () => {
      throw new Error('stuck');
    });
    shutdown.register('pools', 'postgres', () => void order.push('postgres'));
    expect(await shutdown.run('SIGTERM')).toBe(false);
    expect(order).toEqual(['postgres']);
  });

  it('ends at the limit, and names what was unfinished', async () => {
    jest.useFakeTimers();
    const lines: string[] = [];
    const told = Log.create({ app: 'test', destination: { write: (line) => void lines.push(line) } });
    const stuck = new Shutdown(health, told);
    stuck.register('http', 'the server', () => new Promise(() => undefined));
    const run = stuck.run('SIGTERM', 5_000);
    await jest.advanceTimersByTimeAsync(5_000);
    jest.useRealTimers();
    expect(await run).toBe(false);
    expect(lines.join('')).toContain('"unfinished":["the server"]');
  });
});
