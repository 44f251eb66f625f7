import { eventually } from '../../../../test/support/index.js';
import { KeyCache } from './key-cache.js';

const OWNER = 'user/42';
const opened = (key: Buffer) => () => Promise.resolve({ key, retired: false });

describe('SEC5: an open data key', () => {
  it('is wiped when its time is over, also when nobody asks for it again', async () => {
    const cache = new KeyCache({ ttlMs: 20, entries: 10 });
    const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    await cache.use('a', OWNER, opened(first), () => undefined);
    await cache.use('b', OWNER, opened(second), () => undefined);
    await eventually('keys that are wiped', 10_000, () =>
      Promise.resolve([first, second].every((key) => key.equals(Buffer.alloc(32))) || undefined),
    );
    expect(cache.size).toBe(0);
  });

  it('is wiped after its use when its owner’s keys were dropped while it was being opened', async () => {
    const cache = new KeyCache({ ttlMs: 60_000, entries: 10 });
    const key = Buffer.alloc(32, 1);
    const unwrap = (): Promise<{ key: Buffer; retired: boolean }> => {
      cache.dropOwner(OWNER);
      return opened(key)();
    };
    expect(await cache.use('a', OWNER, unwrap, (it) => it.key[0])).toBe(1);
    await eventually('a key that is wiped', 10_000, () => Promise.resolve(key.equals(Buffer.alloc(32)) || undefined));
    expect(cache.size).toBe(0);
    cache.clear();
  });
});
