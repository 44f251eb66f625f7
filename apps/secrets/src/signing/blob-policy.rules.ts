import { ClaimsRefused, type AppName, type SignBlobRequest } from '#contracts';
import { signingInput, type LicensePayload } from '#license-format';

/** What the keyring itself puts into every blob. */
export interface BlobTerms {
  caller: AppName;
  kid: string;
  issuer: string;
  product: string;
  /** Unix seconds. */
  now: number;
}

const SKEW = 120;
const LONGEST = 101 * 366 * 86_400;

/**
 * The bytes to sign for a license blob.
 * @throws Refusal `claims_refused` that says what is in the way
 */
export function admitBlob(r: SignBlobRequest, terms: BlobTerms): Uint8Array {
  if (terms.caller !== 'licensing') throw ClaimsRefused.with(`${terms.caller} may not have license blobs signed.`);
  const refused = refusalOf(r, terms.now);
  if (refused) throw ClaimsRefused.with(refused);
  try {
    return signingInput(payloadOf(r, terms));
  } catch (error) {
    if (error instanceof RangeError) throw ClaimsRefused.with(`The license cannot be written: ${error.message}.`);
    throw error;
  }
}

function refusalOf({ iat, nbf, exp, feat }: SignBlobRequest, now: number): string | null {
  // It may lie in the past: a mint that was interrupted is finished with the time at which it began.
  if (iat > now + SKEW) return 'iat lies in the future.';
  if (exp <= nbf) return 'exp is not after nbf.';
  if (exp - nbf > LONGEST) return 'exp is more than a hundred years after nbf.';
  if (Object.keys(feat).some((name) => name !== 'list')) return 'feat has other members than list.';
  return null;
}

const payloadOf = (r: SignBlobRequest, { kid, issuer, product }: BlobTerms): LicensePayload => ({
  v: 2,
  kid,
  iss: issuer,
  prod: product,
  key: r.license_key,
  tier: r.tier,
  name: r.name,
  email: r.email,
  iat: r.iat,
  nbf: r.nbf,
  exp: r.exp,
  feat: r.feat.list,
  jti: r.jti,
});
