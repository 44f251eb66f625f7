import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { IntegrityError } from './envelope.js';
import { LocalKek } from './local-kek.js';

const root = randomBytes(32);
const kek = new LocalKek(root);
const context = ['data-key', 'id', 'gatehouse', 'keyring'];

describe('the local key-encryption key', () => {
  it('unwraps what the same key has wrapped, for the same context', async () => {
    const wrapped = await kek.wrap(Buffer.from('secret'), context);
    expect((await new LocalKek(root).unwrap(wrapped, context)).toString()).toBe('secret');
  });

  it('refuses another key, another context, and any change', async () => {
    const wrapped = await kek.wrap(Buffer.alloc(32), context);
    await expect(new LocalKek(randomBytes(32)).unwrap(wrapped, context)).rejects.toThrow(IntegrityError);
    await expect(kek.unwrap(wrapped, ['data-key', 'id', 'gatehouse', 'audit'])).rejects.toThrow(IntegrityError);
    await expect(kek.unwrap(wrapped, ['data-keyid', '', 'gatehouse', 'keyring'])).rejects.toThrow(IntegrityError);
    await fc.assert(
      fc.asyncProperty(fc.nat(wrapped.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(wrapped);
        changed[at]! ^= flip;
        await expect(kek.unwrap(changed, context)).rejects.toThrow(IntegrityError);
        await expect(kek.unwrap(wrapped.subarray(0, at), context)).rejects.toThrow(IntegrityError);
      }),
    );
  });

  it('derives the same key for the same context, and another for every other', async () => {
    const key = await kek.derive(['mac-key', 'identity', 'refresh_token']);
    expect(key).toHaveLength(32);
    expect(await new LocalKek(root).derive(['mac-key', 'identity', 'refresh_token'])).toEqual(key);
    for (const other of [['mac-key', 'identity', 'mail_token'], ['mac-keyidentity', 'refresh_token'], ['wrap'], []]) {
      expect(await kek.derive(other)).not.toEqual(key);
    }
    expect(await new LocalKek(randomBytes(32)).derive(['mac-key', 'identity', 'refresh_token'])).not.toEqual(key);
  });

  it('is known by an id that is its own and tells nothing of it', () => {
    expect(new LocalKek(root).id).toBe(kek.id);
    expect(new LocalKek(randomBytes(32)).id).not.toBe(kek.id);
    expect(kek.id).toMatch(/^local:[0-9a-f]{16}$/);
    expect(root.toString('hex')).not.toContain(kek.id.slice(6));
  });
});
