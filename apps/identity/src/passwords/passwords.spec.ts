import { hash } from '@node-rs/argon2';
import { IdentityConfig } from '../identity.config.js';
import { HashQueue } from './hash-queue.service.js';
import { Passwords } from './passwords.service.js';

const config = { argon2MemoryKib: 64, argon2Passes: 2 } as IdentityConfig;
const later = (): number => Date.now() + 60_000;
const make = (over: Partial<IdentityConfig> = {}) => {
  const queue = new HashQueue({ workers: 1, capacity: 100 });
  return { passwords: new Passwords({ ...config, ...over } as IdentityConfig, queue), runs: jest.spyOn(queue, 'run') };
};

describe('passwords', () => {
  it('R-EN2: an unknown account costs one comparison, like a known one', async () => {
    const { passwords, runs } = make();
    await expect(passwords.check(null, 'whatever it is', later())).resolves.toEqual({
      matches: false,
      outdated: false,
    });
    expect(runs).toHaveBeenCalledTimes(1);
  });

  it('R-PW14: input beyond 1 KiB is not hashed, answers wrong and costs one comparison', async () => {
    const { passwords, runs } = make();
    const long = 'é'.repeat(513);
    const stored = await passwords.hash(long, later());
    runs.mockClear();
    await expect(passwords.check(stored, long, later())).resolves.toMatchObject({ matches: false });
    expect(runs).toHaveBeenCalledTimes(1);
  });

  it('R-PW12: a stored hash that would cost too much, or is none, matches nothing', async () => {
    const { passwords } = make();
    const greedy =
      '$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g';
    await expect(passwords.check(greedy, 'x', later())).resolves.toMatchObject({ matches: false });
    await expect(passwords.check('not a hash', 'x', later())).resolves.toMatchObject({ matches: false });
  });

  it('R-PW4: byte 73 matters, and so do spaces and case', async () => {
    const { passwords } = make();
    const password = ` ${'a'.repeat(80)} `;
    const stored = await passwords.hash(password, later());
    for (const other of [password.trim(), password.toUpperCase(), ` ${'a'.repeat(79)}b `]) {
      await expect(passwords.check(stored, other, later())).resolves.toMatchObject({ matches: false });
    }
    await expect(passwords.check(stored, password, later())).resolves.toEqual({ matches: true, outdated: false });
  });

  it('R-PW11: a hash with older parameters is found outdated', async () => {
    const { passwords } = make();
    const older = await hash('the very same password', { memoryCost: 32, timeCost: 2, parallelism: 1 });
    await expect(passwords.check(older, 'the very same password', later())).resolves.toEqual({
      matches: true,
      outdated: true,
    });
  });

  it('C-password.hash R-PW10: Argon2id with its parameters in it and a salt of its own each time', async () => {
    const { passwords } = make({ argon2MemoryKib: 19_456 });
    const [one, two] = await Promise.all([passwords.hash('same', later()), passwords.hash('same', later())]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
  });
});
