import type { Log, Shutdown } from '#boot';
import type { DueEntitlementsService } from '../entitlements/due-entitlements.service.js';
import type { IdempotencyRepository } from '../licenses/idempotency.repository.js';
import type { LicensingConfig } from '../licensing.config.js';
import { SweepsService } from './sweeps.service.js';

const MINUTE = 60_000;
const done = () => Promise.resolve();

function sweepsOf(begin: () => Promise<void>) {
  const due = { begin: jest.fn(begin), sweep: jest.fn(done) };
  const sweeps = new SweepsService(
    due as unknown as DueEntitlementsService,
    { forgetExpired: done } as unknown as IdempotencyRepository,
    { entitlementSweepMs: 1_000 } as LicensingConfig,
    { register: () => undefined } as unknown as Shutdown,
    { warn: () => undefined } as unknown as Log,
  );
  return { sweeps, due };
}

describe('the sweeps', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('F-plan-change: what a replica of before decides by its plans while it is replaced is found, too', async () => {
    const { sweeps, due } = sweepsOf(done);
    sweeps.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(due.begin).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(2 * MINUTE);
    expect(due.begin.mock.calls.length).toBeGreaterThanOrEqual(4);
    await jest.advanceTimersByTimeAsync(60 * MINUTE);
    const looks = due.begin.mock.calls.length;
    await jest.advanceTimersByTimeAsync(60 * MINUTE);
    expect(due.begin).toHaveBeenCalledTimes(looks);
    expect(due.sweep.mock.calls.length).toBeGreaterThan(7_000);
    await sweeps.onApplicationShutdown();
  });

  it('F-plan-change: a look that failed keeps no sweep from being made and is taken again with the next one', async () => {
    const outcomes = [() => Promise.reject(new Error('away')), done];
    const { sweeps, due } = sweepsOf(() => outcomes.shift()!());
    sweeps.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1_000);
    expect([due.begin.mock.calls.length, due.sweep.mock.calls.length]).toEqual([1, 1]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect([due.begin.mock.calls.length, due.sweep.mock.calls.length]).toEqual([2, 2]);
    await sweeps.onApplicationShutdown();
  });
});
