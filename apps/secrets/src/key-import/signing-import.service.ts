import type { JsonWebKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ValidationFailed } from '#contracts';
import { AuditLog } from '../audit/audit-log.service.js';
import type { KeySlot } from '../keys/key-profile.rules.js';
import { Keyring } from '../keys/keyring.service.js';
import { RotationService } from '../keys/rotation.service.js';
import { LOCAL } from '../keys/signing-providers.js';
import { SigningKeysRepository } from '../keys/signing-keys.repository.js';
import { ImportedKeysRepository } from './imported-keys.repository.js';
import type { Importer } from './importer.js';

/** A private key on its way in. */
export interface IncomingKey {
  kid: string;
  jwk: JsonWebKey;
  pkcs8: Buffer;
  slot: KeySlot;
}

/** Puts an imported key into the place of the one in waiting, and lets it take its turn at once. */
@Injectable()
export class SigningImport {
  constructor(
    private readonly keyring: Keyring,
    private readonly rotation: RotationService,
    private readonly keys: SigningKeysRepository,
    private readonly imported: ImportedKeysRepository,
    private readonly audit: AuditLog,
  ) {}

  /**
   * @param wanted whether the key is to sign and does not yet; asked once no other import is under way
   * @throws Refusal `sealed`; `validation_failed` when keys of the slot are held by a provider that takes none in
   */
  async activate(key: IncomingKey, by: Importer, wanted: () => Promise<boolean>): Promise<void> {
    const sealed = this.keyring.sealForeign(key.kid, key.slot, key.pkcs8);
    if (!sealed) throw ValidationFailed.with('The keys that sign licenses live at a provider; import the key there.');
    await this.rotation.rotateTo(key.slot, by, async () => {
      await this.imported.lock();
      if (!(await wanted())) return false;
      await this.putNext(key, sealed);
      await this.audit.append({ action: 'key.import_signing', kid: key.kid, subject: key.slot.purpose, ...by });
      return true;
    });
  }

  private async putNext({ kid, jwk, slot }: IncomingKey, private_key: Buffer): Promise<void> {
    await this.imported.forget(kid);
    const next = { kid, ...slot, state: 'next', provider: LOCAL, public_jwk: jwk, private_key } as const;
    do {
      const before = await this.imported.removeNext(slot);
      if (before) await this.keys.discard(before, 0);
      // Whoever looks after the keys may have made one just now: it waits in place of this one, and goes too.
    } while (!(await this.keys.addIfFirst(next)));
  }
}
