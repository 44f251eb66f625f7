import type { Shutdown } from '#boot';
import type { RealtimeConfig } from '../realtime.config.js';
import type { Connections } from './connections.js';
import { SocketsDrain } from './sockets-drain.service.js';

const COUNT = 5_000;
/** As the Deployment of realtime says. */
const CONFIG = { drainSpreadMs: 30_000, drainSeconds: 55 } as RealtimeConfig;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A replica with so many connections that stops; says what each was told and when. */
function stopping(count: number, { config = CONFIG, told = true } = {}) {
  const closes: { code: number; at: number; within_ms?: number }[] = [];
  const hints: { at: number; within_ms: number }[] = [];
  const open = new Set<object>();
  for (let i = 0; i < count; i += 1) {
    let within_ms: number | undefined;
    const connection = {
      outbox: {
        told,
        say: ({ data }: { data: { within_ms: number } }) => {
          ({ within_ms } = data);
          hints.push({ at: Date.now(), ...data });
        },
      },
      close: (code: number) => {
        closes.push({ code, at: Date.now(), within_ms });
        open.delete(connection);
      },
    };
    open.add(connection);
  }
  const connections = {
    all: () => open,
    get count() {
      return open.size;
    },
  } as unknown as Connections;
  const phases: Record<string, () => void | Promise<void>> = {};
  const register = (phase: string, _name: string, stop: () => void | Promise<void>) => void (phases[phase] = stop);
  const drain = new SocketsDrain(config, connections, { register } as unknown as Shutdown);
  return { drain, phases, closes, hints, leave: () => open.clear(), start: Date.now() };
}

it('RT30 RT31: 5,000 connections are closed with 1012, evenly over 30 seconds, after each was asked to go by itself', async () => {
  const { drain, phases, closes, hints, start } = stopping(COUNT);
  await phases.intake!();
  expect([drain.begun, closes]).toEqual([true, []]);
  let ended = false;
  const closing = Promise.resolve(phases.http!()).then(() => (ended = true));
  await jest.advanceTimersByTimeAsync(44_000);
  expect(ended).toBe(true);
  await closing;
  expect(hints).toHaveLength(COUNT);
  expect(hints.every(({ at }) => at === start)).toBe(true);
  // Each has its time to go before it is closed, and time to open another connection before that.
  expect(closes.every(({ at, within_ms }) => at - start >= within_ms!)).toBe(true);
  expect(closes.filter(({ at, within_ms }) => at - start - within_ms! < 1_990 && at - start > 4_000)).toEqual([]);
  expect(closes).toHaveLength(COUNT);
  expect(closes.every(({ code }) => code === 1012)).toBe(true);
  const seconds = Array.from({ length: 30 }, (_, s) =>
    closes.filter((c) => Math.ceil((c.at - start) / 1_000) === s + 1),
  );
  const expected = COUNT / 30;
  const chiSquare = seconds.reduce((sum, { length }) => sum + (length - expected) ** 2 / expected, 0);
  // At 29 degrees of freedom chance alone is above 17.7 in 95 of 100 cases.
  expect(chiSquare).toBeLessThan(17.7);
  expect(Math.max(...seconds.map(({ length }) => length))).toBeLessThanOrEqual(2 * expected);
});

it('RT30: few are gone soon, and a short drain is not exceeded', async () => {
  const few = stopping(5, { told: false });
  void few.phases.http!();
  await jest.advanceTimersByTimeAsync(200);
  expect([few.closes.length, few.hints]).toEqual([5, []]);
  const short = stopping(COUNT, { config: { ...CONFIG, drainSeconds: 3 } as RealtimeConfig });
  let ended = false;
  void Promise.resolve(short.phases.http!()).then(() => (ended = true));
  await jest.advanceTimersByTimeAsync(2_000);
  expect([short.closes.length, ended]).toEqual([COUNT, true]);
});

it('RT30 RT31: few that can go by themselves have time to, and when they have gone it is over', async () => {
  const slow = stopping(5);
  void slow.phases.http!();
  await jest.advanceTimersByTimeAsync(3_900);
  expect(slow.hints.every(({ within_ms }) => within_ms <= 2_000)).toBe(true);
  expect(slow.closes).toEqual([]);
  await jest.advanceTimersByTimeAsync(100);
  expect(slow.closes).toHaveLength(5);
  const quick = stopping(5);
  let ended = false;
  void Promise.resolve(quick.phases.http!()).then(() => (ended = true));
  await jest.advanceTimersByTimeAsync(100);
  quick.leave();
  await jest.advanceTimersByTimeAsync(100);
  expect(ended).toBe(true);
});
