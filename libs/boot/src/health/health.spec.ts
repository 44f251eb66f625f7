import { Health } from './health.js';

describe('Health', () => {
  it('is not ready before the start is over, nor after the stop has begun', async () => {
    const health = new Health();
    expect((await health.ready()).status).toBe('starting');
    health.started();
    expect((await health.ready()).status).toBe('ready');
    health.stopping();
    health.started();
    expect((await health.ready()).status).toBe('stopping');
  });

  it('names each dependency, and why it is down without its secrets', async () => {
    const health = new Health();
    health.started();
    health.register('bus', () => undefined);
    health.register('postgres', async () => {
      throw new Error('no answer from postgres://app:canary@db/x');
    });
    expect(await health.ready()).toEqual({
      status: 'not_ready',
      dependencies: {
        bus: { status: 'up' },
        postgres: { status: 'down', reason: 'no answer from postgres://app:[redacted]@db/x' },
      },
    });
  });

  it('OPS6: answers that it lives whatever its dependencies do', () => {
    const health = new Health();
    health.register('postgres', () => {
      throw new Error('away');
    });
    expect(health.live()).toEqual({ status: 'live' });
  });

  it('asks once for all who come at the same time', async () => {
    const health = new Health();
    let asked = 0;
    health.register('bus', () => void asked++);
    await Promise.all([health.ready(), health.ready(), health.ready()]);
    await health.ready();
    expect(asked).toBe(2);
  });

  it('does not wait for a check that never answers', async () => {
    jest.useFakeTimers();
    const health = new Health();
    health.started();
    health.register('bus', () => new Promise(() => undefined));
    const ready = health.ready();
    await jest.advanceTimersByTimeAsync(2_000);
    jest.useRealTimers();
    expect((await ready).dependencies.bus).toEqual({ status: 'down', reason: 'no answer within 2000 ms' });
  });
});
