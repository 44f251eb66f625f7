import { randomBytes } from 'node:crypto';
import { Unavailable } from '#contracts';
import { LocalKek } from './local-kek.js';
import { wrapProven } from './proven-wrap.js';

const CONTEXT = ['data-key', 'id', 'user', '42', 'streams'];

describe('D-kms SEC17: a data key that is wrapped', () => {
  const kek = new LocalKek(randomBytes(32));

  it('comes out again as it went in', async () => {
    const key = randomBytes(32);
    const wrapped = await wrapProven(kek, key, CONTEXT);
    expect(await kek.unwrap(wrapped, CONTEXT)).toEqual(key);
  });

  it.each([
    ['nothing', () => Promise.resolve(Buffer.alloc(0))],
    ['bytes that are no ciphertext', () => Promise.resolve(randomBytes(60))],
    ['another key’s ciphertext', () => new LocalKek(randomBytes(32)).wrap(randomBytes(32), CONTEXT)],
    ['a ciphertext of another key within', () => kek.wrap(randomBytes(32), CONTEXT)],
    ['a ciphertext for another place', () => kek.wrap(randomBytes(32), [])],
  ])('is refused before it is kept when the provider answers with %s', async (_, wrap) => {
    const provider = new LocalKek(randomBytes(32));
    Object.assign(provider, { wrap, unwrap: kek.unwrap.bind(kek) });
    await expect(wrapProven(provider, randomBytes(32), CONTEXT)).rejects.toMatchObject({ code: Unavailable.code });
  });
});
