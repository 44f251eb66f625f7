import { randomUUID } from 'node:crypto';
import { SealValue } from '#contracts';
import { eventually } from '../../../../test/support/index.js';
import { secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import { KekRotation } from './kek-rotation.service.js';
import { WrappedKeysRepository } from './wrapped-keys.repository.js';

/** Data keys that were not wrapped since the last order. */
const LEFT_OUT = 'SELECT id FROM data_keys WHERE wrapped_at < (SELECT max(started_at) FROM kek_rotations)';

describe('orders to rotate the key-encryption key', () => {
  let world: SecretsWorld;
  beforeAll(async () => {
    world = await secretsWorld();
  }, 60_000);
  afterAll(() => world?.end());

  it('SEC12: an order that is given while the one before comes to its end is carried out', async () => {
    const replica = await world.replica();
    const identity = await world.bus('identity');
    const place = { owner_id: randomUUID(), purpose: 'totp', record: 'r', field: 'f' };
    await identity.send(SealValue, { ...place, plaintext: 'x' });
    const [rotation, stored] = [replica.get(KekRotation), replica.get(WrappedKeysRepository)];
    const finish = stored.finish.bind(stored);
    const finishing = jest.spyOn(stored, 'finish').mockImplementationOnce(async (kekId) => {
      await rotation.begin();
      await finish(kekId);
    });
    await rotation.begin();
    // The replica's own rounds go on meanwhile, and work in the place of these.
    await eventually('an end of both', 20_000, async () => {
      await rotation.work();
      const isOver = (await rotation.status()).rotating_since === null;
      return isOver && finishing.mock.calls.length > 1 ? true : undefined;
    });
    expect(await world.database.query(LEFT_OUT)).toEqual([]);
  }, 60_000);
});
