import { Injectable } from '@nestjs/common';
import type { Call, OpenedValue, OpenSealedRequest, SealedValue, SealValueRequest } from '#contracts';
import { callerOf } from '../audit/caller-of.js';
import { Vault, type Place } from './vault.service.js';

/** Values that other apps keep in their own tables, sealed here for them and for nobody else. */
@Injectable()
export class SealedValues {
  constructor(private readonly vault: Vault) {}

  async seal({ plaintext, ...where }: SealValueRequest, call: Call): Promise<SealedValue> {
    const envelope = await this.vault.seal(placeOf(where, call), plaintext, {
      action: 'sealed.seal',
      ...callerOf(call),
    });
    return { ciphertext: envelope.toString('base64url') };
  }

  async open({ ciphertext, ...where }: OpenSealedRequest, call: Call): Promise<OpenedValue> {
    const envelope = Buffer.from(ciphertext, 'base64url');
    const place = placeOf(where, call);
    const { plaintext, stale } = await this.vault.read(place, envelope, { action: 'sealed.open', ...callerOf(call) });
    if (!stale) return { plaintext };
    const anew = await this.vault.seal(place, plaintext, { action: 'sealed.reseal', ...callerOf(call) });
    return { plaintext, ciphertext: anew.toString('base64url') };
  }
}

type Where = Omit<OpenSealedRequest, 'ciphertext'>;

/** The asking app is part of the place: what identity has sealed, licensing cannot open. */
const placeOf = ({ owner_id, purpose, record, field }: Where, { caller }: Call): Place => ({
  ownerType: 'user',
  ownerId: owner_id,
  purpose: `${caller}.${purpose}`,
  recordType: `${caller}.${purpose}`,
  recordId: record,
  field,
  version: 1,
});
