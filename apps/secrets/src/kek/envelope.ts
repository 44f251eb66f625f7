import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { lengthPrefixed } from './length-prefixed.js';

/** The place where a ciphertext belongs; it opens nowhere else. */
export interface RecordContext {
  ownerType: string;
  ownerId: string;
  recordType: string;
  recordId: string;
  field: string;
  version: number;
}

/** A key that seals the fields of one owner for one purpose. */
export interface DataKey {
  /** UUID. */
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

/** The envelope was changed, cut, or belongs to another place or key. Which of these is not told. */
export class IntegrityError extends Error {
  override readonly name = 'IntegrityError';
  constructor() {
    super('the ciphertext does not belong here or was changed');
  }
}

const VERSION = 0x01;
const AES_256_GCM = 0x01;
const HEADER = 18;
const NONCE = 12;
const TAG = 16;
const DOMAIN = Buffer.from('gatehouse-secrets/v1\0', 'latin1');

const aadOf = (header: Buffer, c: RecordContext): Buffer =>
  Buffer.concat([
    DOMAIN,
    header,
    lengthPrefixed([c.ownerType, c.ownerId, c.recordType, c.recordId, c.field, String(c.version)]),
  ]);

/** The id of the data key that an envelope names. @throws IntegrityError when it is no envelope */
export function dataKeyIdOf(envelope: Uint8Array): string {
  if (envelope.length < HEADER + NONCE + TAG) throw new IntegrityError();
  const hex = Buffer.from(envelope.subarray(2, HEADER)).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const idBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');

/** Version, algorithm, id of the data key, nonce, ciphertext, tag; bound to `context`. */
export function seal(dataKey: DataKey, context: RecordContext, plaintext: Uint8Array): Buffer {
  const header = Buffer.concat([Buffer.from([VERSION, AES_256_GCM]), idBytes(dataKey.id)]);
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', dataKey.key, nonce, { authTagLength: TAG });
  cipher.setAAD(aadOf(header, context));
  return Buffer.concat([header, nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Opens what {@link seal} made, with the one key that its header names.
 * @throws IntegrityError when anything at all differs
 */
export function open(dataKey: DataKey, context: RecordContext, envelope: Uint8Array): Buffer {
  const bytes = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength);
  const header = bytes.subarray(0, HEADER);
  const known = bytes.length >= HEADER + NONCE + TAG && bytes[0] === VERSION && bytes[1] === AES_256_GCM;
  if (!known || !header.subarray(2).equals(idBytes(dataKey.id))) throw new IntegrityError();
  const nonce = bytes.subarray(HEADER, HEADER + NONCE);
  // Without authTagLength Node accepts tags of 4 bytes.
  const decipher = createDecipheriv('aes-256-gcm', dataKey.key, nonce, { authTagLength: TAG });
  decipher.setAAD(aadOf(header, context));
  decipher.setAuthTag(bytes.subarray(-TAG));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(HEADER + NONCE, -TAG)), decipher.final()]);
  } catch {
    throw new IntegrityError();
  }
}
