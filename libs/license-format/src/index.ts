export { fromBase64url, toBase64url } from './base64url.js';
export {
  assembleBlob,
  BLOB_PREFIX,
  MAX_BLOB_LENGTH,
  parseBlob,
  signingInput,
  type MalformedBlob,
  type ParsedBlob,
} from './blob.js';
export {
  nodeVerifier,
  webCryptoVerifier,
  type Ed25519Verifier,
  type NodeCrypto,
  type SyncEd25519Verifier,
} from './ed25519.js';
export { isLicenseKey, newLicenseKey, parseLicenseKey } from './license-key.js';
export type { LicensePublicKey } from './license-public-key.js';
export { encodePayload, MAX_PAYLOAD_BYTES, type LicensePayload } from './payload.js';
export type { RefusalCode, Verdict, VerdictCode } from './verdict.js';
export { verifyBlob, verifyBlobSync, type VerifyOptions } from './verify-blob.js';
