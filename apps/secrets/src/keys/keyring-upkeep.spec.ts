import type { Health, Log } from '#boot';
import type { AuditBacklog } from '../audit/audit-backlog.service.js';
import { KEY_SLOTS } from './key-profile.rules.js';
import { KeyringUpkeep } from './keyring-upkeep.service.js';
import type { Keyring } from './keyring.service.js';
import type { RotationService } from './rotation.service.js';

const away = () => Promise.reject(new Error('away'));
const done = () => Promise.resolve();

/** An upkeep whose keyring is sealed until `unseal` says otherwise. */
function upkeepOf({ unseal, reload = done }: { unseal: () => Promise<boolean>; reload?: () => Promise<void> }) {
  const keyring = {
    sealedBecause: 'not yet' as string | undefined,
    closeIfSealed: done,
    unseal: jest.fn(async () => {
      const open = await unseal();
      if (open) keyring.sealedBecause = undefined;
      return open;
    }),
    reload: jest.fn(reload),
    prepareNext: jest.fn(away),
    destroyDiscarded: jest.fn(done),
  };
  const rotation = { rotateOverdue: jest.fn(done), retireEnded: jest.fn(away) };
  const backlog = { write: jest.fn(away) };
  const upkeep = new KeyringUpkeep(
    keyring as unknown as Keyring,
    rotation as unknown as RotationService,
    backlog as unknown as AuditBacklog,
    { warn: () => undefined } as unknown as Log,
    { register: () => undefined } as unknown as Health,
  );
  return { upkeep, keyring, rotation };
}

describe('the upkeep of the keyring', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('SEC16: opens within moments what could not be opened at the start, and asks less and less often', async () => {
    const outcomes = [false, false, false, true];
    const { upkeep, keyring } = upkeepOf({ unseal: () => Promise.resolve(outcomes.shift()!) });
    await upkeep.onApplicationBootstrap();
    await upkeep.settled;
    expect(keyring.unseal).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(keyring.unseal).toHaveBeenCalledTimes(3);
    await jest.advanceTimersByTimeAsync(1_999);
    expect(keyring.unseal).toHaveBeenCalledTimes(3);
    await jest.advanceTimersByTimeAsync(1);
    expect(keyring.unseal).toHaveBeenCalledTimes(4);
    expect(keyring.sealedBecause).toBeUndefined();
    await upkeep.onApplicationShutdown();
  });

  it('LIC11 R-JW7: what one step cannot do keeps none of the others from being done', async () => {
    const { upkeep, keyring, rotation } = upkeepOf({ unseal: () => Promise.resolve(true) });
    await upkeep.onApplicationBootstrap();
    await upkeep.settled;
    expect(keyring.reload).toHaveBeenCalledTimes(1);
    expect(rotation.rotateOverdue.mock.calls).toEqual(KEY_SLOTS.map((slot) => [slot]));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(keyring.reload).toHaveBeenCalledTimes(2);
    await upkeep.onApplicationShutdown();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(keyring.reload).toHaveBeenCalledTimes(2);
  });
});
