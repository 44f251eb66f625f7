import { randomBytes } from 'node:crypto';
import type { DataKeysRepository } from './data-keys.repository.js';
import { contextOf, DataKeysService } from './data-keys.service.js';
import { IntegrityError } from './envelope.js';
import { Keks } from './keks.js';
import { LocalKek } from './local-kek.js';

describe('SEC17: a data key', () => {
  const owner = { ownerType: 'gatehouse', ownerId: 'mac-key', purpose: 'identity.refresh_token' };
  const id = '019b0000-0000-7000-8000-000000000001';
  const kek = new LocalKek(randomBytes(32));
  const service = new DataKeysService(new Keks(kek), {} as DataKeysRepository);
  const stored = async (key: Buffer) => ({ id, kek_id: kek.id, wrapped: await kek.wrap(key, contextOf(id, owner)) });

  it('is 32 bytes; what comes out of its provider with any other length is none, and so is what is to go in', async () => {
    const key = randomBytes(32);
    expect(await service.unwrap(await stored(key), owner)).toEqual(key);
    for (const bytes of [0, 16, 31, 33]) {
      await expect(service.unwrap(await stored(randomBytes(bytes)), owner)).rejects.toThrow(IntegrityError);
      await expect(service.wrap(id, owner, randomBytes(bytes))).rejects.toThrow(IntegrityError);
    }
  });

  it('is wiped once it is wrapped, and also when it could not be', async () => {
    const away = Object.assign(new LocalKek(randomBytes(32)), { wrap: () => Promise.reject(new Error('away')) });
    for (const keks of [new Keks(kek), new Keks(away)]) {
      const key = randomBytes(32);
      await new DataKeysService(keks, {} as DataKeysRepository).fresh(owner, key).catch(() => undefined);
      expect(key).toEqual(Buffer.alloc(32));
    }
  });
});
