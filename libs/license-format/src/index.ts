export { fromBase64url, toBase64url } from './base64url.js';
export { assembleBlob, BLOB_PREFIX, MAX_BLOB_LENGTH, parseBlob, signingInput, type ParsedBlob } from './blob.js';
export {
  nodePoolVerifier,
  nodeVerifier,
  webCryptoVerifier,
  type Ed25519Verifier,
  type NodeCrypto,
  type NodePoolCrypto,
  type SyncEd25519Verifier,
} from './ed25519.js';
export type { Malformed } from './envelope.js';
export {
  assembleCertificate,
  CERTIFICATE_PREFIX,
  certificateInput,
  certifiedKeys,
  LAST_SECOND,
  parseCertificate,
  verifyCertificate,
  type CertificateOptions,
  type CertificateVerdict,
  type KeyCertificate,
} from './key-certificate.js';
export { isLicenseKey, newLicenseKey, parseLicenseKey } from './license-key.js';
export type { LicensePublicKey } from './license-public-key.js';
export {
  LICENSE_AUDIENCE,
  verifyLicenseToken,
  type LicenseClaims,
  type LicenseTokenKey,
  type LicenseTokenOptions,
  type LicenseTokenVerdict,
} from './license-token.js';
export {
  effectiveTime,
  judgeOffline,
  observeClock,
  wentOnline,
  type OfflineState,
  type OfflineVerdict,
} from './offline.js';
export { encodePayload, MAX_PAYLOAD_BYTES, type LicensePayload } from './payload.js';
export {
  assembleRevocations,
  parseRevocations,
  REVOCATIONS_PREFIX,
  revocationsInput,
  verifyRevocations,
  type RevocationList,
  type RevocationsOptions,
  type RevocationsVerdict,
} from './revocation-list.js';
export type { Refusal, RefusalCode, Verdict, VerdictCode } from './verdict.js';
export { verifyBlob, verifyBlobSync, type VerifyOptions } from './verify-blob.js';
