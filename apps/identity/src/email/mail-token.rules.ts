import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { MailKind } from '#contracts';

/** What a mailed token is good for; a token of one kind is nothing to another. */
export type MailTokenKind = MailKind;

const MINUTE = 60_000;
const DAY = 86_400_000;

/** How long a token of each kind lives, in milliseconds (R-RC3). */
export const MAIL_TOKEN_LIFE: Record<MailTokenKind, number> = {
  verify_email: DAY,
  confirm_registration: DAY,
  account_exists: DAY,
  reset_password: 60 * MINUTE,
  change_email: 60 * MINUTE,
  undo_email_change: 7 * DAY,
  security_notice: 7 * DAY,
  undo_deletion: 7 * DAY,
};

/** Kinds whose token gives something: whatever is older goes when the password changes (R-RC4). */
export const GIVING_KINDS: readonly MailTokenKind[] = ['verify_email', 'reset_password', 'change_email'];

/** A code that is typed lives shorter than the link in the same mail (R-RC3). */
export const CODE_LIFE_MS = 10 * MINUTE;

const ID_BYTES = 16;
const MAC_BYTES = 32;
const LENGTH = Math.ceil(((ID_BYTES + MAC_BYTES) * 4) / 3);

/** Writes the token of a row: `id ‖ MAC`, base64url. It follows from the id, so it is stored nowhere. */
export function writeMailToken(key: Buffer, kind: MailTokenKind, id: string): string {
  const bytes = bytesOf(id);
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

/** The eight digits that do the same as the token; they follow from the id, too. */
export function writeMailCode(key: Buffer, kind: MailTokenKind, id: string): string {
  const digest = createHmac('sha256', key).update(`${kind} code\0`).update(bytesOf(id)).digest();
  return String(digest.readBigUInt64BE() % 100_000_000n).padStart(8, '0');
}

/** Whether somebody typed this code; blanks and dashes do not count. */
export function isMailCode(code: string, typed: string): boolean {
  const digits = Buffer.from(typed.replaceAll(/\D/g, ''));
  return digits.length === code.length && timingSafeEqual(digits, Buffer.from(code));
}

const bytesOf = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');

const mac = (key: Buffer, kind: MailTokenKind, id: Buffer): Buffer =>
  createHmac('sha256', key).update(`${kind}\0`).update(id).digest();
