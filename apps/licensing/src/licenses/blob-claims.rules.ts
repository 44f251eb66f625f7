import type { SignBlobRequest } from '#contracts';
import type { Issuance } from './issuance.repository.js';

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000);

/** What the keyring signs: the same at every try of one reservation, so every try gives the same blob. */
export const claimsOf = (issuance: Issuance): SignBlobRequest => ({
  license_key: issuance.license_key,
  tier: issuance.tier,
  name: issuance.name,
  email: issuance.email,
  iat: seconds(issuance.issued_at),
  nbf: seconds(issuance.issued_at),
  exp: seconds(issuance.expires_at),
  feat: { list: issuance.features },
  jti: issuance.id,
});
