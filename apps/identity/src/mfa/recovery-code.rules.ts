import { createHash, randomBytes } from 'node:crypto';

export const CODES = 10;
/** 80 bits: too many to guess, so a plain hash is enough (R-MF5). */
const BYTES = 10;
/** Crockford base32: no letter that looks like another. */
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = (BYTES * 8) / 5;

/** A new code: `XXXX-XXXX-XXXX-XXXX`. */
export function newRecoveryCode(): string {
  const bits = [...randomBytes(BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const symbols = bits.match(/.{5}/g)!.map((five) => SYMBOLS[Number.parseInt(five, 2)]);
  return symbols.join('').match(/.{4}/g)!.join('-');
}

/** A code as it was typed, in one spelling; `undefined` when it can be none. */
export function readRecoveryCode(typed: string): string | undefined {
  const bare = typed.replace(/[\s-]/g, '').toUpperCase().replace(/[IL]/g, '1').replaceAll('O', '0');
  return bare.length === LENGTH && [...bare].every((char) => SYMBOLS.includes(char)) ? bare : undefined;
}

/** What the database keeps of a code. */
export const hashRecoveryCode = (bare: string): Buffer => createHash('sha256').update(bare).digest();
