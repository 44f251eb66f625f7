import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What a mailed token is good for; a token of one kind is nothing to another. */
export type MailTokenKind = 'verify_email';

const ID_BYTES = 16;
const MAC_BYTES = 32;
const LENGTH = Math.ceil(((ID_BYTES + MAC_BYTES) * 4) / 3);

/** Writes the token of a row: `id ‖ MAC`, base64url. It follows from the id, so it is stored nowhere. */
export function writeMailToken(key: Buffer, kind: MailTokenKind, id: string): string {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  return Buffer.concat([bytes, mac(key, kind, bytes)]).toString('base64url');
}

/** The id in an authentic token of that kind; `undefined` for everything else. */
export function readMailToken(key: Buffer, kind: MailTokenKind, token: string): string | undefined {
  if (token.length !== LENGTH) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== ID_BYTES + MAC_BYTES) return undefined;
  const id = bytes.subarray(0, ID_BYTES);
  if (!timingSafeEqual(mac(key, kind, id), bytes.subarray(ID_BYTES))) return undefined;
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** What the database keeps of a token. */
export const hashMailToken = (token: string): Buffer => createHash('sha256').update(token).digest();

const mac = (key: Buffer, kind: MailTokenKind, id: Buffer): Buffer =>
  createHmac('sha256', key).update(`${kind}\0`).update(id).digest();
