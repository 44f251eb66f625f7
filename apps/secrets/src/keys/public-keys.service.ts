import { Injectable } from '@nestjs/common';
import type { PublicKey } from '#contracts';
import { KeyCertificatesRepository } from '../key-certificates/key-certificates.repository.js';
import { SigningKeysRepository, type StoredPublicKey } from './signing-keys.repository.js';

/** What everybody may know of the keys. */
@Injectable()
export class PublicKeysService {
  constructor(
    private readonly keys: SigningKeysRepository,
    private readonly certificates: KeyCertificatesRepository,
  ) {}

  async list(): Promise<PublicKey[]> {
    const [keys, certificates] = await Promise.all([this.keys.findPublic(), this.certificates.inForce()]);
    return keys.map((key) => {
      const own = certificates.filter(({ kid }) => kid === key.kid).map(({ certificate }) => certificate);
      return own.length ? { ...this.view(key), certificates: own } : this.view(key);
    });
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
