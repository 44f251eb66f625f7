import type { Keyring } from './keyring.service.js';
import { KeysController } from './keys.controller.js';
import type { PublicKeysService } from './public-keys.service.js';
import type { RotationService } from './rotation.service.js';

it('LIC4: a rotation that cannot be followed at first is followed as soon as it can be', async () => {
  const outcomes = [() => Promise.reject(new Error('away')), () => Promise.resolve()];
  const keyring = { reload: jest.fn(() => outcomes.shift()!()) };
  const controller = new KeysController({} as PublicKeysService, {} as RotationService, keyring as unknown as Keyring);
  await controller.rotated();
  expect(keyring.reload).toHaveBeenCalledTimes(2);
});
