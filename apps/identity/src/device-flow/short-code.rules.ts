import { createHmac, randomInt } from 'node:crypto';

/** A kind of code that a person reads on one screen and types into another. */
export interface ShortCode {
  kind: 'user_code' | 'pairing_code';
  alphabet: string;
  length: number;
}

/** RFC 8628 §6.1: consonants only, so that no code is a word; 20⁸ of them. */
export const USER_CODE: ShortCode = { kind: 'user_code', alphabet: 'BCDFGHJKLMNPQRSTVWXZ', length: 8 };

/** Letters and digits of which none is taken for another; 31⁸ of them. */
export const PAIRING_CODE: ShortCode = { kind: 'pairing_code', alphabet: 'ABCDEFGHJKMNPQRSTUVWXYZ23456789', length: 8 };

export const newShortCode = ({ alphabet, length }: ShortCode): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');

/** The code in what somebody typed, whatever its case, dashes and spaces; nothing when it can be no such code. */
export function readShortCode({ alphabet, length }: ShortCode, typed: string): string | undefined {
  const code = typed.toUpperCase().replace(/[\s\p{Pd}]/gu, '');
  return code.length === length && [...code].every((c) => alphabet.includes(c)) ? code : undefined;
}

/** As it is shown: `WDJB-MJHT`. */
export const showShortCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/** What the database keeps of a code. Keyed: whoever reads the table could try all codes against a plain hash. */
export const hashShortCode = (key: Buffer, { kind }: ShortCode, code: string): Buffer =>
  createHmac('sha256', key).update(`short code\0${kind}\0${code}`).digest();
