import { generateKeyPairSync } from 'node:crypto';
import type { Bus } from '#bus';
import { KeyCache } from './key-cache.js';

const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });

/** The keys as a verifier holds them, and secrets that has some, or is away. */
async function held() {
  const secrets = { kids: ['old'], away: false, asked: 0 };
  const send = async () => {
    secrets.asked++;
    if (secrets.away) throw new Error('away');
    return { keys: secrets.kids.map((kid) => ({ kid, purpose: 'access', alg: 'ES256', state: 'active', jwk })) };
  };
  const keys = new KeyCache({ send } as unknown as Bus);
  await keys.reload();
  return { keys, secrets };
}
const refused = { code: 'invalid_token' };

describe('a key that a verifier has not heard of', () => {
  it('R-JW7: is found though the keys were read a moment ago', async () => {
    const { keys, secrets } = await held();
    secrets.kids.push('new');
    await expect(keys.find('new')).resolves.toMatchObject({ kid: 'new' });
  });

  it('R-JW7: is found though it is younger than the list that is on its way, by all who come at once', async () => {
    const { keys, secrets } = await held();
    const onItsWay = keys.reload();
    secrets.kids.push('new');
    const found = await Promise.all([1, 2, 3].map(() => keys.find('new')));
    expect(found.map(({ kid }) => kid)).toEqual(['new', 'new', 'new']);
    await onItsWay;
    expect(secrets.asked).toBe(3);
  });

  it('R-JW7: is looked for again once secrets can be asked', async () => {
    const { keys, secrets } = await held();
    secrets.away = true;
    await expect(keys.find('new')).rejects.toThrow('away');
    Object.assign(secrets, { away: false, kids: ['new'] });
    await expect(keys.find('new')).resolves.toMatchObject({ kid: 'new' });
  });

  it('R-JW8: is looked for once in a while, not once a token', async () => {
    const { keys, secrets } = await held();
    for (let i = 0; i < 50; i++) await expect(keys.find(`forged-${i}`)).rejects.toMatchObject(refused);
    expect(secrets.asked).toBe(2);
  });
});
