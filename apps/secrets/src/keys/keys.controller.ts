import { Controller } from '@nestjs/common';
import { CatchUp, Handles, Watches } from '#bus';
import {
  KeyRotated,
  ListPublicKeys,
  RotateKey,
  type Call,
  type Empty,
  type PublicKey,
  type PublicKeys,
  type RotateKeyRequest,
} from '#contracts';
import { callerOf } from '../audit/caller-of.js';
import { Keyring } from './keyring.service.js';
import { PublicKeysService } from './public-keys.service.js';
import { RotationService } from './rotation.service.js';

@Controller()
export class KeysController {
  private readonly reading = new CatchUp(() => this.keyring.reload());

  constructor(
    private readonly publicKeys: PublicKeysService,
    private readonly rotation: RotationService,
    private readonly keyring: Keyring,
  ) {}

  @Handles(ListPublicKeys, { transaction: false })
  async list(_input: Empty, _call: Call): Promise<PublicKeys> {
    return { keys: await this.publicKeys.list() };
  }

  // A key is made before the transaction: it takes seconds, and locks are not held that long.
  @Handles(RotateKey, { transaction: false })
  async rotate({ purpose, alg, compromised = false }: RotateKeyRequest, call: Call): Promise<PublicKey> {
    return this.publicKeys.view(await this.rotation.rotate({ purpose, alg, compromised, ...callerOf(call) }));
  }

  @Watches(KeyRotated)
  rotated(): Promise<void> {
    return this.reading.again();
  }
}
