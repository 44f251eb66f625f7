import type { JsonWebKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyExists, KeyRotated, ValidationFailed, type ImportKeyRequest } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { named } from '../keys/key-pair.js';
import { slotOf, type KeySlot } from '../keys/key-profile.rules.js';
import { OneByOne } from '../keys/one-by-one.js';
import type { StoredPublicKey } from '../keys/signing-keys.repository.js';
import type { Importer } from './importer.js';
import { ImportedKeysRepository } from './imported-keys.repository.js';
import { readKey, type KeyMaterial } from './key-material.rules.js';
import { SigningImport } from './signing-import.service.js';

const TEN_YEARS_MS = 10 * 365 * 86_400_000;
const SLOT: KeySlot = slotOf('license_blob')!;

/** Takes over keys that have signed license blobs elsewhere; the same key again is no harm. */
@Injectable()
export class KeyImport {
  private readonly turns = new OneByOne();

  constructor(
    private readonly tx: Transactions,
    private readonly keys: ImportedKeysRepository,
    private readonly signing: SigningImport,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Refusal `validation_failed`, `key_exists`, `sealed` */
  async import({ key, use, kid: asked, not_after }: ImportKeyRequest, by: Importer): Promise<StoredPublicKey> {
    const material = readKey(key);
    try {
      const { kid: thumbprint, publicJwk } = named({ publicJwk: material.publicJwk, handle: Buffer.alloc(0) }, SLOT);
      const kid = asked ?? thumbprint;
      const jwk = { ...publicJwk, kid };
      if (use === 'sign') return await this.sign(kid, jwk, material, by);
      const same = () => this.sameKey(kid, material);
      return (await same()) ?? (await this.turns.run(() => this.verify(kid, jwk, endOf(not_after), same, by)));
    } finally {
      material.pkcs8?.fill(0);
    }
  }

  /** @throws Refusal `key_exists` when the name is another key's, or the key has another name */
  private async sameKey(kid: string, { publicJwk }: KeyMaterial): Promise<StoredPublicKey | undefined> {
    const known = await this.keys.known(kid, publicJwk);
    if (known.some((key) => key.kid !== kid || key.public_jwk.x !== publicJwk.x)) throw KeyExists.with();
    return known[0];
  }

  private verify(
    kid: string,
    jwk: JsonWebKey,
    notAfter: Date,
    same: () => Promise<StoredPublicKey | undefined>,
    by: Importer,
  ): Promise<StoredPublicKey> {
    return this.tx.run(async () => {
      await this.keys.lock();
      const known = await same();
      if (known) return known;
      await this.keys.addVerifying(kid, SLOT, jwk, notAfter);
      await this.outbox.append(KeyRotated, { kid, purpose: SLOT.purpose });
      await this.audit.append({ action: 'key.import_verifying', kid, subject: SLOT.purpose, ...by });
      return this.keys.read(kid);
    });
  }

  private async sign(kid: string, jwk: JsonWebKey, material: KeyMaterial, by: Importer): Promise<StoredPublicKey> {
    const { pkcs8 } = material;
    if (!pkcs8) throw refused('key', 'A public key cannot sign; give the private key.');
    const wanted = () => this.isToSign(kid, material);
    if (await wanted()) await this.signing.activate({ kid, jwk, pkcs8, slot: SLOT }, by, wanted);
    return this.keys.read(kid);
  }

  /** Whether the key does not sign yet and may. @throws Refusal `key_exists` */
  private async isToSign(kid: string, material: KeyMaterial): Promise<boolean> {
    const known = await this.sameKey(kid, material);
    // What others know, or what was taken out of use for good, does not come back.
    if (known && !['active', 'retiring'].includes(known.state)) {
      throw KeyExists.with(`The key is ${known.state} and signs no more.`);
    }
    return known?.state !== 'active';
  }
}

function endOf(notAfter: string | undefined): Date {
  const end = notAfter === undefined ? new Date(Date.now() + TEN_YEARS_MS) : new Date(notAfter);
  if (end.getTime() <= Date.now()) throw refused('not_after', 'It lies in the past.');
  return end;
}

const refused = (field: string, detail: string) =>
  ValidationFailed.with({ detail, errors: [{ field, code: 'invalid', detail }] });
