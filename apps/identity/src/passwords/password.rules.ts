import { PasswordTooWeak, ValidationFailed, type Refusal } from '#contracts';
import { isCommonPassword } from './common-passwords.js';

/** More bytes than this are never hashed (R-PW14). */
export const MAX_PASSWORD_BYTES = 1_024;
/** What has to be left of a password when the words that anybody would guess are taken out. */
const OWN_CHARACTERS = 8;
const FEWEST_DIFFERENT = 5;
const RUNS = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm', '1q2w3e4r5t6y7u8i9o0p'];

/** What registration knows besides the password. */
export interface PasswordContext {
  minLength: number;
  /** Words that an attacker tries first: user name, e-mail address, the studio's and its products' names. */
  words: string[];
}

/**
 * Refuses a password that is easy to guess. Nothing is asked of its composition (R-PW3), and every character of it
 * counts as it was typed (R-PW4).
 * @throws Refusal that names the field and the reason: `validation_failed` for its length, else `password_too_weak`
 */
export function assertStrongPassword(password: string, context: PasswordContext, field = 'password'): void {
  assertLength(password, context, field);
  const weakness = weaknessOf(password, context);
  if (weakness) throw tooWeak(field, ...weakness);
}

/** A matter of form, as with every other field: the contract refuses what no setting allows, and this is the rest. */
function assertLength(password: string, { minLength }: PasswordContext, field: string): void {
  const isShort = [...password].length < minLength;
  if (!isShort && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES) return;
  const detail = isShort ? `Use at least ${minLength} characters.` : `Use at most ${MAX_PASSWORD_BYTES} bytes.`;
  throw ValidationFailed.with({ detail, errors: [{ field, code: 'invalid_length', detail }] });
}

/** The refusal of a weak password, with the member of the request that it came in. */
export const tooWeak = (field: string, code: string, detail: string): Refusal =>
  PasswordTooWeak.with({ detail, errors: [{ field, code, detail }] });

function weaknessOf(password: string, { words }: PasswordContext): [string, string] | undefined {
  const folded = password.normalize('NFKC').toLowerCase();
  if (isCommonPassword(folded)) return ['too_common', 'This password is on lists of common passwords.'];
  if (new Set(folded).size < FEWEST_DIFFERENT || isRun(folded)) {
    return ['too_simple', 'This password repeats or counts; use one that nobody can continue.'];
  }
  if ([...ownPart(folded, words)].length < OWN_CHARACTERS) {
    return ['too_obvious', 'This password is little more than your name, your address or the name of a product.'];
  }
  return undefined;
}

/** A piece of the alphabet, the digits or the keyboard, repeated or backwards. */
function isRun(folded: string): boolean {
  return RUNS.some((run) => {
    const long = run.repeat(Math.ceil(folded.length / run.length) + 1);
    return long.includes(folded) || [...long].reverse().join('').includes(folded);
  });
}

function ownPart(folded: string, words: string[]): string {
  const obvious = words.flatMap(partsOf).sort((a, b) => b.length - a.length);
  const rest = obvious.reduce((left, word) => left.replaceAll(word, ''), folded);
  return rest.replaceAll(/[^\p{L}\p{N}]/gu, '');
}

const partsOf = (word: string): string[] => {
  const folded = word.normalize('NFKC').toLowerCase();
  return [folded, ...folded.split(/[^\p{L}\p{N}]+/u)].filter((part) => part.length >= 4);
};
