import { Injectable } from '@nestjs/common';
import type { PublicKey } from '#contracts';
import { SigningKeysRepository, type StoredPublicKey } from './signing-keys.repository.js';

/** What everybody may know of the keys. */
@Injectable()
export class PublicKeysService {
  constructor(private readonly keys: SigningKeysRepository) {}

  async list(): Promise<PublicKey[]> {
    return (await this.keys.findPublic()).map((key) => this.view(key));
  }

  view({ kid, purpose, alg, state, public_jwk: jwk, not_before, not_after }: StoredPublicKey): PublicKey {
    return {
      kid,
      purpose,
      alg,
      state,
      jwk,
      not_before: not_before.toISOString(),
      not_after: not_after?.toISOString() ?? null,
    };
  }
}
