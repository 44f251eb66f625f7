import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { StartProblem } from '#boot';

/** For whom a file is sealed: whoever has the private half of an X25519 key, or knows a passphrase. */
export type Recipient = { publicKey: string } | { passphrase: string };
/** What opens it. */
export type Opener = { privateKey: string } | { passphrase: string };

/** OWASP's figure for PBKDF2 with SHA-512 is 210,000; this is done once a file. */
const ROUNDS = 600_000;
const SHORTEST = 16;

/** A key pair for recovery, base64url; the private half belongs into a safe. */
export function makeRecoveryKey(): { publicKey: string; privateKey: string } {
  const { x, d } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  return { publicKey: x!, privateKey: `${d!}.${x!}` };
}

/** A fresh key for one file, and the same sealed for its recipient (a compact JWE, RFC 7516). */
export async function sealFileKey(recipient: Recipient): Promise<{ key: Buffer; sealed: string }> {
  const key = randomBytes(32);
  const jwe = new CompactEncrypt(key);
  if ('passphrase' in recipient) {
    if (recipient.passphrase.length < SHORTEST) throw problem(`the passphrase has less than ${SHORTEST} characters`);
    jwe.setProtectedHeader({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM' }).setKeyManagementParameters({ p2c: ROUNDS });
    return { key, sealed: await jwe.encrypt(Buffer.from(recipient.passphrase, 'utf8')) };
  }
  const publicKey = x25519(recipient.publicKey);
  jwe.setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM' });
  return { key, sealed: await jwe.encrypt(publicKey) };
}

/** @throws StartProblem when it was sealed for somebody else */
export async function openFileKey(sealed: string, opener: Opener): Promise<Buffer> {
  const [alg, key] =
    'passphrase' in opener
      ? (['PBES2-HS512+A256KW', Buffer.from(opener.passphrase, 'utf8')] as const)
      : (['ECDH-ES+A256KW', privateKeyOf(opener.privateKey)] as const);
  const options = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: ['A256GCM'], maxPBES2Count: ROUNDS };
  try {
    return Buffer.from((await compactDecrypt(sealed, key, options)).plaintext);
  } catch {
    throw problem('it was sealed for another key or passphrase');
  }
}

const problem = (why: string): StartProblem =>
  new StartProblem({
    what: 'The export cannot be sealed or opened',
    why,
    fix: 'Give the recovery key or the passphrase that belongs to it.',
  });

function x25519(x: string) {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
  } catch {
    throw problem('the public key is no X25519 key in base64url');
  }
}

function privateKeyOf(text: string) {
  const [d, x] = text.trim().split('.');
  try {
    return createPrivateKey({ key: { kty: 'OKP', crv: 'X25519', d, x }, format: 'jwk' });
  } catch {
    throw problem('the private key is none that `gatehouse secrets recovery-key` has made');
  }
}
