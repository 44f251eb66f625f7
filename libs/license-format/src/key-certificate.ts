import { fromBase64url } from './base64url.js';
import { envelopeInput, readSigned, sealEnvelope, SIGNATURE_LENGTH, type Malformed } from './envelope.js';
import { webCryptoVerifier, type Ed25519Verifier } from './ed25519.js';
import type { LicensePublicKey } from './license-public-key.js';
import { encodeMembers, membersProblem, text, whole, type Members } from './members.js';
import { trustedKey } from './trusted-key.js';
import { dayOf, refuse, type RefusalCode } from './verdict.js';

/** Begins every key certificate, and is signed with it. */
export const CERTIFICATE_PREFIX = 'DTKEY1:';
const MAX_BYTES = 1024;
const MAX_LENGTH = CERTIFICATE_PREFIX.length + Math.ceil((MAX_BYTES * 4) / 3) + 1 + SIGNATURE_LENGTH;

/** Of the year 9999, the last that every reader of dates knows; Unix seconds. */
export const LAST_SECOND = 253_402_300_799;

/**
 * What an offline root says about a signing key, so that a new key needs no new build of the application.
 * Times are whole Unix seconds.
 */
export interface KeyCertificate {
  /** Version of the format. */
  v: 1;
  /** Id of the root that signed it. */
  kid: string;
  iss: string;
  prod: string;
  /** Id of the key that it is about. */
  sub: string;
  /** 32 bytes of Ed25519, base64url. */
  key: string;
  iat: number;
  nbf: number;
  exp: number;
}

const MEMBERS: Members<KeyCertificate> = [
  ['v', (value) => value === 1],
  ['kid', text(64)],
  ['iss', text(128)],
  ['prod', text(64)],
  ['sub', text(64)],
  ['key', (value) => typeof value === 'string' && fromBase64url(value)?.length === 32],
  ['iat', whole],
  ['nbf', whole],
  ['exp', whole],
];
const CODEC = {
  problem: (value: unknown) => membersProblem(value, MEMBERS),
  encode: (certificate: KeyCertificate) => encodeMembers(certificate, MEMBERS, MAX_BYTES),
};

/** The bytes for the root to sign. @throws RangeError when the certificate is not valid */
export const certificateInput = (certificate: KeyCertificate): Uint8Array =>
  envelopeInput(CERTIFICATE_PREFIX, CODEC.encode(certificate));

/** The certificate as text, from what was signed and its signature. */
export const assembleCertificate = (signed: Uint8Array, signature: Uint8Array): string =>
  sealEnvelope(signed, signature);

/** Reads a certificate strictly; whether it is genuine is another question. Never throws. */
export function parseCertificate(
  sealed: unknown,
): { certificate: KeyCertificate; signed: Uint8Array; signature: Uint8Array } | Malformed {
  const read = readSigned(sealed, { prefix: CERTIFICATE_PREFIX, maxLength: MAX_LENGTH, codec: CODEC });
  if ('problem' in read) return read;
  const { payload: certificate, ...rest } = read;
  return { certificate, ...rest };
}

export interface CertificateOptions {
  /** Unix seconds. */
  now: number;
  product: string;
  issuer?: string;
  verifier?: Ed25519Verifier;
}

export type CertificateVerdict =
  { valid: true; code: 'VALID'; key: LicensePublicKey } | { valid: false; code: RefusalCode; detail: string };

/**
 * Judges a certificate. The key that it gives goes into the list of keys for `verifyBlob`, and is good as long as the
 * certificate. Never throws on account of the certificate.
 * @param roots the public keys of the roots that the application was built with
 */
export async function verifyCertificate(
  sealed: unknown,
  roots: readonly LicensePublicKey[],
  options: CertificateOptions,
): Promise<CertificateVerdict> {
  const parsed = parseCertificate(sealed);
  if ('problem' in parsed) return refuse('MALFORMED', `This is no certificate: ${parsed.problem}.`);
  const { certificate, signed, signature } = parsed;
  const root = trustedKey(roots, certificate.kid, options.now, 'certificate');
  if ('code' in root) return root;
  if (!(await (options.verifier ?? webCryptoVerifier)(root, signed, signature))) {
    return refuse('BAD_SIGNATURE', 'The certificate was changed or is forged.');
  }
  return judge(certificate, options);
}

function judge(certificate: KeyCertificate, { now, product, issuer }: CertificateOptions): CertificateVerdict {
  const { prod, iss, nbf, exp, sub, key } = certificate;
  if (prod !== product) return refuse('WRONG_PRODUCT', `The certificate is for ${prod}, not for ${product}.`);
  if (issuer !== undefined && iss !== issuer) {
    return refuse('WRONG_ISSUER', `The certificate was issued by ${iss}, not by ${issuer}.`);
  }
  if (now < nbf) return refuse('NOT_YET_VALID', `The certificate is valid from ${dayOf(nbf)} on.`);
  if (now >= exp) return refuse('EXPIRED', `The certificate expired on ${dayOf(exp)}.`);
  const end = new Date(Math.min(exp, LAST_SECOND) * 1000);
  return { valid: true, code: 'VALID', key: { kid: sub, key, not_after: end.toISOString() } };
}

/** The keys that certificates of the application's roots vouch for at this moment; others are left out. */
export async function certifiedKeys(
  certificates: readonly unknown[],
  roots: readonly LicensePublicKey[],
  options: CertificateOptions,
): Promise<LicensePublicKey[]> {
  const verdicts = await Promise.all(certificates.map((one) => verifyCertificate(one, roots, options)));
  return verdicts.flatMap((verdict) => (verdict.valid ? [verdict.key] : []));
}
