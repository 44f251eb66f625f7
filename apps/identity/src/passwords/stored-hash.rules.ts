import { pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { parseOptions, verify as verifyArgon2 } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { asPhc } from './imported-hash.rules.js';

/** A stored hash that may be compared: known to us, and cheap enough. */
export interface StoredHash {
  algorithm: 'argon2id' | 'argon2' | 'bcrypt' | 'scrypt' | 'pbkdf2';
  /** Of Argon2 hashes: with what they were made. */
  argon2?: ReturnType<typeof parseOptions>;
  verify(password: string): Promise<boolean>;
}

/** What a stored hash may cost to check: beyond it a planted row could take the machine down (R-PW12). */
const MOST = {
  length: 2_048,
  memoryKib: 1_048_576,
  argon2Passes: 16,
  argon2Lanes: 8,
  bcryptCost: 15,
  scryptLanes: 8,
  scryptBytes: 268_435_456,
  pbkdf2Iterations: 2_000_000,
  outputBytes: 128,
};
const LEAST_OUTPUT_BYTES = 16;
const ARGON2ID = 2;

const BCRYPT = /^\$2[abxy]?\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const SCRYPT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,4}),p=(\d{1,4})\$([\w+/.=-]*)\$([\w+/.=-]+)$/;
const PBKDF2 = /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d{1,9})(?:,l=\d{1,3})?\$([\w+/.=-]*)\$([\w+/.=-]+)$/;
const DJANGO = /^pbkdf2_(sha1|sha256)\$(\d{1,9})\$([^$]*)\$([\w+/=]+)$/;

const scryptOf = promisify<string, Buffer, number, object, Buffer>(scrypt);
const pbkdf2Of = promisify(pbkdf2);

/**
 * Reads a hash of ours or of a system that was taken over: Argon2, scrypt and PBKDF2 as PHC text, bcrypt, Django's
 * PBKDF2, and `{ algo, params }` as JSON. Nothing is evaluated before its parameters were found to be affordable.
 * @returns nothing for what is unknown, malformed or too dear
 */
export function readStoredHash(text: string): StoredHash | undefined {
  if (text.length > MOST.length) return undefined;
  if (text.startsWith('{')) return readJson(text);
  if (text.startsWith('$argon2')) return readArgon2(text);
  return readBcrypt(text) ?? readScrypt(text) ?? readPbkdf2(text);
}

function readJson(text: string): StoredHash | undefined {
  try {
    const phc = asPhc(JSON.parse(text) as Record<string, unknown>);
    return phc === undefined ? undefined : readStoredHash(phc);
  } catch {
    return undefined;
  }
}

function readArgon2(text: string): StoredHash | undefined {
  try {
    const argon2 = parseOptions(text);
    const { memoryCost, timeCost, parallelism, algorithm } = argon2;
    const fits = memoryCost <= MOST.memoryKib && timeCost <= MOST.argon2Passes && parallelism <= MOST.argon2Lanes;
    if (!fits) return undefined;
    const name = algorithm === ARGON2ID ? 'argon2id' : 'argon2';
    return { algorithm: name, argon2, verify: (password) => verifyArgon2(text, password) };
  } catch {
    return undefined;
  }
}

function readBcrypt(text: string): StoredHash | undefined {
  const cost = BCRYPT.exec(text)?.[1];
  if (cost === undefined || Number(cost) < 4 || Number(cost) > MOST.bcryptCost) return undefined;
  return { algorithm: 'bcrypt', verify: (password) => verifyBcrypt(password, text) };
}

function readScrypt(text: string): StoredHash | undefined {
  const [, ln, r, p, salt, hash] = SCRYPT.exec(text) ?? [];
  if (hash === undefined) return undefined;
  const options = { N: 2 ** Number(ln), r: Number(r), p: Number(p), maxmem: MOST.scryptBytes + 1_048_576 };
  const bytes = 128 * options.N * options.r;
  const expected = bytesOf(hash);
  if (options.N < 2 || !options.r || !options.p || !fits(expected)) return undefined;
  if (bytes > MOST.scryptBytes || options.p > MOST.scryptLanes) return undefined;
  const derive = (password: string) => scryptOf(password, bytesOf(salt!), expected.length, options);
  return { algorithm: 'scrypt', verify: async (password) => timingSafeEqual(await derive(password), expected) };
}

function readPbkdf2(text: string): StoredHash | undefined {
  const phc = PBKDF2.exec(text);
  const [, digest = 'sha1', iterations, salt, hash] = phc ?? DJANGO.exec(text) ?? [];
  if (hash === undefined) return undefined;
  const expected = bytesOf(hash);
  const rounds = Number(iterations);
  if (rounds < 1 || rounds > MOST.pbkdf2Iterations || !fits(expected)) return undefined;
  const salted = phc ? bytesOf(salt!) : Buffer.from(salt!);
  const derive = (password: string) => pbkdf2Of(password, salted, rounds, expected.length, digest);
  return { algorithm: 'pbkdf2', verify: async (password) => timingSafeEqual(await derive(password), expected) };
}

const fits = (hash: Buffer): boolean => hash.length >= LEAST_OUTPUT_BYTES && hash.length <= MOST.outputBytes;

/** Base64 in any of the spellings that hashes come in; passlib writes `.` for `+`. */
const bytesOf = (base64: string): Buffer => Buffer.from(base64.replaceAll('.', '+'), 'base64');
