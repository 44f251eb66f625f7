import { createHmac, timingSafeEqual } from 'node:crypto';

/** RFC 6238 as every authenticator app knows it: HMAC-SHA-1, six digits, steps of thirty seconds. */
const STEP_SECONDS = 30;
const DIGITS = 6;
/** Steps by which a phone's clock may be off, either way (R-MF2). */
const SKEW = 1;
/** 160 bits (RFC 4226 §4, R-MF3). */
export const SECRET_BYTES = 20;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Bytes as base32 without padding (RFC 4648 §6), which is how people type a secret. */
export function toBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** The code of a step (RFC 4226 §5.3). */
export function codeOf(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const number = mac.readUInt32BE(mac[mac.length - 1]! & 0xf) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

export const stepAt = (time: number): number => Math.floor(time / 1_000 / STEP_SECONDS);

/**
 * The step that a code belongs to, the newest first; `undefined` when it is none of the present ones.
 * @param time Unix milliseconds, by our own clock
 */
export function stepOf(secret: Buffer, code: string, time: number): number | undefined {
  const now = stepAt(time);
  const steps = Array.from({ length: 2 * SKEW + 1 }, (_, i) => now + SKEW - i);
  return steps.filter((step) => isSame(codeOf(secret, step), code))[0];
}

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** What an authenticator app reads from the QR code (the Key URI format). */
export function otpauthUrl(secret: string, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = new URLSearchParams({ secret, issuer, algorithm: 'SHA1', digits: '6', period: String(STEP_SECONDS) });
  // Apps read this as a URI, where a blank is %20 and never a plus.
  return `otpauth://totp/${label}?${query.toString().replaceAll('+', '%20')}`;
}
