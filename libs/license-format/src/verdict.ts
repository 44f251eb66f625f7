import type { LicensePayload } from './payload.js';

/** Why a blob is not valid. */
export type RefusalCode =
  | 'MALFORMED'
  | 'UNKNOWN_KEY'
  | 'KEY_RETIRED'
  | 'KEY_COMPROMISED'
  | 'BAD_SIGNATURE'
  | 'WRONG_PRODUCT'
  | 'WRONG_ISSUER'
  | 'NOT_YET_VALID'
  | 'EXPIRED';

/** `IN_GRACE`: expired, but within the days of grace that the application grants. */
export type VerdictCode = 'VALID' | 'IN_GRACE' | RefusalCode;

/** What a verifier finds. `payload` is there only when the signature is genuine. */
export type Verdict =
  | { valid: true; code: 'VALID' | 'IN_GRACE'; detail: string; payload: LicensePayload }
  | { valid: false; code: RefusalCode; detail: string; payload?: LicensePayload };

/** A refusal with a sentence for the person who reads it. */
export const refuse = (code: RefusalCode, detail: string, payload?: LicensePayload): Verdict => ({
  valid: false,
  code,
  detail,
  ...(payload && { payload }),
});
