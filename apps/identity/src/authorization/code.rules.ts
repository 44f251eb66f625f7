import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Milliseconds between an authorization and its exchange, at most (R-AS3). */
export const CODE_LIFE_MS = 60_000;

/** RFC 7636 §4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** 256 random bits, base64url: a code, or the id of a request. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What the database keeps of a code. */
export const hashCode = (code: string): Buffer => createHash('sha256').update(code).digest();

/** Whether a verifier is the one that the challenge was made of, by S256 (RFC 7636 §4.6). */
export function verifies(challenge: string, verifier: string | undefined): boolean {
  if (verifier === undefined || !VERIFIER.test(verifier)) return false;
  const [own, shown] = [Buffer.from(challenge), Buffer.from(hashCode(verifier).toString('base64url'))];
  return own.length === shown.length && timingSafeEqual(own, shown);
}
