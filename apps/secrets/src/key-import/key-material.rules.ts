import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { ValidationFailed } from '#contracts';

/** What stands before the seed in the PKCS#8 of an Ed25519 key (RFC 8410 §7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;

/** A key that was read; the private half is there unless only the public one was given. */
export interface KeyMaterial {
  publicJwk: JsonWebKey;
  pkcs8: Buffer | null;
}

const refusal = (detail: string) =>
  ValidationFailed.with({ detail, errors: [{ field: 'key', code: 'invalid', detail }] });

/**
 * Reads an Ed25519 key in any of the forms that tools write.
 * @throws Refusal `validation_failed` that quotes nothing of it
 */
export function readKey(text: string): KeyMaterial {
  const key = open(text.trim());
  if (key.asymmetricKeyType !== 'ed25519') throw refusal('The key is not an Ed25519 key.');
  const publicJwk = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return { publicJwk, pkcs8: key.type === 'private' ? key.export({ format: 'der', type: 'pkcs8' }) : null };
}

function open(text: string): KeyObject {
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1];
  if (label === 'ENCRYPTED PRIVATE KEY') {
    throw refusal('The key is encrypted; decrypt it first, e.g. with `openssl pkey`.');
  }
  if (label === 'PUBLIC KEY') return attempt(() => createPublicKey({ key: text, format: 'pem' }));
  if (label !== undefined) return attempt(() => createPrivateKey({ key: text, format: 'pem' }));
  const bytes = bytesOf(text);
  const der = bytes.length === SEED_BYTES ? Buffer.concat([PKCS8_ED25519, bytes]) : bytes;
  try {
    return attempt(() => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  } finally {
    bytes.fill(0);
    der.fill(0);
  }
}

/** OpenSSL's own words could quote what they stumbled over. */
function attempt(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    throw refusal('This is no key in PEM, PKCS#8 or as a 32-byte seed in base64 or hex.');
  }
}

function bytesOf(text: string): Buffer {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return Buffer.from(text, 'base64');
  return Buffer.alloc(0);
}
