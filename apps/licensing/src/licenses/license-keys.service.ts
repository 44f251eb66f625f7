import { Injectable } from '@nestjs/common';
import { newLicenseKey, parseLicenseKey } from '#license-format';
import { NotFound, type Tier } from '#contracts';

/** Makes keys, and reads the ones that people type. */
@Injectable()
export class LicenseKeys {
  next(tier: Tier): string {
    return newLicenseKey(tier);
  }

  /** The canonical form of what was typed. @throws Refusal `not_found` for what cannot be a key */
  read(typed: string): string {
    const key = parseLicenseKey(typed);
    if (!key) throw NotFound.with('There is no license with this key.');
    return key;
  }
}
