import type { LicensePayload } from './payload.js';

/** Why something that was signed is not to be believed, or not now. */
export type RefusalCode =
  | 'MALFORMED'
  | 'UNKNOWN_KEY'
  | 'KEY_RETIRED'
  | 'KEY_COMPROMISED'
  | 'BAD_SIGNATURE'
  | 'WRONG_PRODUCT'
  | 'WRONG_ISSUER'
  | 'NOT_YET_VALID'
  | 'EXPIRED'
  | 'REVOKED';

/** A refusal with a sentence for the person who reads it. */
export interface Refusal {
  valid: false;
  code: RefusalCode;
  detail: string;
  /** There only when the signature is genuine. */
  payload?: LicensePayload;
}

/** `IN_GRACE`: expired, but within the days of grace that the application grants. */
export type VerdictCode = 'VALID' | 'IN_GRACE' | RefusalCode;

/** What a verifier finds. `payload` is there only when the signature is genuine. */
export type Verdict = { valid: true; code: 'VALID' | 'IN_GRACE'; detail: string; payload: LicensePayload } | Refusal;

export const refuse = (code: RefusalCode, detail: string, payload?: LicensePayload): Refusal => ({
  valid: false,
  code,
  detail,
  ...(payload && { payload }),
});

const LAST_DAY = 8_640_000_000_000;

/** A day as people write it, from Unix seconds. */
export const dayOf = (seconds: number): string =>
  seconds > LAST_DAY ? 'the end of time' : new Date(seconds * 1000).toISOString().slice(0, 10);
