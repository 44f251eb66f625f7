/**
 * A public key that a verifier holds, as `GET /v1/license/keys` and the build of an application give it.
 * Only `kid` and `key` are needed.
 */
export interface LicensePublicKey {
  kid: string;
  /** 32 bytes of Ed25519, base64url without padding (the `x` of its JWK). */
  key: string;
  /** Default `active`. A `retired` or `compromised` key verifies nothing. */
  state?: 'next' | 'active' | 'retiring' | 'retired' | 'compromised';
  /** RFC 3339. From this time on the key verifies no more. */
  not_after?: string | null;
}
