import { NestedList, PublicKey, Text } from '#contracts';

/** A key that verifies licenses, in the form that the verifier library takes. */
export class LicenseKey extends PublicKey {
  @Text({ optional: true, description: 'The 32 bytes of an Ed25519 key, base64url: what blobs are verified with.' })
  key?: string;
}

export class LicenseKeys {
  @NestedList(() => LicenseKey) keys!: LicenseKey[];
}

const withBytes = (key: PublicKey): LicenseKey =>
  typeof key.jwk.x === 'string' && key.jwk.kty === 'OKP' ? { ...key, key: key.jwk.x } : key;

/** The keys that verify licenses, whatever their state: an old blob names an old key. */
export const licenseKeysOf = (keys: readonly PublicKey[]): LicenseKeys => ({
  keys: keys.filter(({ purpose }) => purpose === 'license_blob' || purpose === 'license_token').map(withBytes),
});
