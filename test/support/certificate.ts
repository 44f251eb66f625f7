import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** One element of DER. */
const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const long =
    body.length > 127 ? Buffer.from([0x82, body.length >> 8, body.length & 255]) : Buffer.from([body.length]);
  return Buffer.concat([Buffer.from([tag]), long, body]);
};
const text = (tag: number, value: string): Buffer => der(tag, Buffer.from(value));
/** sha256WithRSAEncryption */
const RSA_SHA256 = der(0x30, Buffer.from('06092a864886f70d01010b0500', 'hex'));
const COMMON_NAME = Buffer.from('0603550403', 'hex');
/** subjectAltName of localhost, and the version that allows extensions. */
const LOOPBACK = der(
  0xa3,
  der(0x30, der(0x30, Buffer.from('0603551d11', 'hex'), der(0x04, Buffer.from('300b82096c6f63616c686f7374', 'hex')))),
);
const VERSION_3 = Buffer.from('a003020102', 'hex');

export interface CertificateOptions {
  name: string;
  /** `YYMMDDhhmmssZ`; long after the tests if left out. */
  until?: string;
  /** For a server on `localhost`. */
  loopback?: boolean;
}

/** A certificate that a key has signed for itself (RFC 5280), PEM. */
export function certificate(
  keys: { publicKey: KeyObject; privateKey: KeyObject },
  options: CertificateOptions,
): string {
  const { name, until = '491231235959Z', loopback = false } = options;
  const validity = der(0x30, text(0x17, '200101000000Z'), text(0x17, until));
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' });
  const whose = der(0x30, der(0x31, der(0x30, COMMON_NAME, text(0x0c, name))));
  const content = [der(0x02, Buffer.from([1])), RSA_SHA256, whose, validity, whose, spki];
  const body = der(0x30, ...(loopback ? [VERSION_3, ...content, LOOPBACK] : content));
  const signature = createSign('RSA-SHA256').update(body).sign(keys.privateKey);
  const whole = der(0x30, body, RSA_SHA256, der(0x03, Buffer.from([0]), signature));
  return `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

/** A server's key with its certificate, both PEM; who trusts the certificate trusts the server. */
export function serverCertificate(until?: string): { key: string; cert: string } {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return {
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: certificate(keys, { name: 'broker', until, loopback: true }),
  };
}
