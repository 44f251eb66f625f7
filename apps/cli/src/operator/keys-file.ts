import { createPrivateKey, type KeyObject } from 'node:crypto';
import fs from 'node:fs';
import { Told } from '../told.js';

/** The private key in a file, PEM. @throws Told when it is none of Ed25519 */
export function ed25519KeyIn(file: string): KeyObject {
  const key = privateKeyIn(fs.readFileSync(file));
  if (key?.asymmetricKeyType !== 'ed25519') throw new Told(`${file} holds no Ed25519 private key (PEM).`);
  return key;
}

function privateKeyIn(bytes: Buffer): KeyObject | undefined {
  try {
    return createPrivateKey(bytes);
  } catch {
    return undefined;
  }
}

/** What a key file says, as text: that of a text file as it is, bytes in base64. */
export function keyText(bytes: Buffer): string {
  const text = bytes.toString('latin1').trim();
  const isText = /^[\x20-\x7e\r\n\t]+$/.test(text) && bytes.length !== SEED_BYTES;
  return isText ? text : bytes.toString('base64');
}

/** A seed of 32 bytes may look like text by chance; no text form of a key is that short. */
const SEED_BYTES = 32;
