import { Health, Log, Metrics } from '#boot';
import type { BusConnection } from './bus-connection.js';
import { BusHealth } from './bus-health.js';
import { missingPermissions } from './own-permissions.js';

jest.mock('./own-permissions.js', () => ({ missingPermissions: jest.fn(async () => []) }));

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('BUS7: an app is ready again soon after its broker is back, also when the clock was set back meanwhile', async () => {
  let check = async (): Promise<void> => undefined;
  let comeBack = (): void => undefined;
  const link = {
    up: true,
    options: { app: 'licensing' },
    current: {},
    onReconnect: (fn: typeof comeBack) => (comeBack = fn),
    whenUp: (fn: () => void) => fn(),
  } as unknown as BusConnection;
  const health = { register: (_: string, fn: typeof check) => (check = fn) } as unknown as Health;
  new BusHealth(link, health, new Metrics(), Log.create({ app: 'test', level: 'silent' })).onModuleInit();
  await jest.advanceTimersByTimeAsync(2_000);
  await expect(check()).resolves.toBeUndefined();
  comeBack();
  jest.setSystemTime(Date.now() - 3_600_000);
  await jest.advanceTimersByTimeAsync(2_000);
  await expect(check()).resolves.toBeUndefined();
  expect(missingPermissions).toHaveBeenCalledTimes(2);
});
