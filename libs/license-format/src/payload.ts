import { isLicenseKey } from './license-key.js';

/** What a `DTLIC2` blob says. Times are whole Unix seconds. */
export interface LicensePayload {
  /** Version of the format. */
  v: 2;
  /** Id of the key that signed it. */
  kid: string;
  /** Who issued it. */
  iss: string;
  /** The product that it is for. */
  prod: string;
  /** License key in canonical form. */
  key: string;
  tier: string;
  /** The licensee. */
  name: string;
  /** Left out when the licensee wants no address in the file. */
  email?: string;
  /** When it was signed. */
  iat: number;
  /** From when on it is valid. */
  nbf: number;
  /** From when on it is valid no more. */
  exp: number;
  /** Names of features. */
  feat: string[];
  /** Unique id of this very blob. */
  jti: string;
}

/** Most bytes that an encoded payload has. */
export const MAX_PAYLOAD_BYTES = 4096;
const MOST_FEATURES = 64;
const encoder = new TextEncoder();

type Check = (value: unknown) => boolean;
const text =
  (max: number): Check =>
  (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= max && !/\p{Surrogate}/u.test(value);
const time: Check = (value) => Number.isSafeInteger(value) && !Object.is(value, -0) && (value as number) >= 0;
const features: Check = (value) => Array.isArray(value) && value.length <= MOST_FEATURES && value.every(text(64));

/** Every member in the order in which it is written. */
const MEMBERS: readonly (readonly [name: keyof LicensePayload, check: Check])[] = [
  ['v', (value) => value === 2],
  ['kid', text(64)],
  ['iss', text(128)],
  ['prod', text(64)],
  ['key', isLicenseKey],
  ['tier', text(32)],
  ['name', text(128)],
  ['email', text(254)],
  ['iat', time],
  ['nbf', time],
  ['exp', time],
  ['feat', features],
  ['jti', text(64)],
];
const NAMES = new Set<string>(MEMBERS.map(([name]) => name));

/** What keeps `value` from being a payload, or `null` when it is one. */
export function payloadProblem(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'the payload is not a JSON object';
  const members = value as Record<string, unknown>;
  const unknown = Object.keys(members).find((name) => !NAMES.has(name));
  if (unknown !== undefined) return 'the payload has a member that is not known';
  for (const [name, check] of MEMBERS) {
    if (name === 'email' && !Object.hasOwn(members, name)) continue;
    if (!Object.hasOwn(members, name)) return `the payload has no ${name}`;
    if (!check(members[name])) return `the payload’s ${name} is not valid`;
  }
  return null;
}

/**
 * The one encoding of a payload: UTF-8 JSON without white space, members in fixed order, strings escaped as
 * `JSON.stringify` does.
 * @throws RangeError when a member is missing, unknown or not valid, or the whole is too long.
 */
export function encodePayload(payload: LicensePayload): Uint8Array {
  const problem = payloadProblem(payload);
  if (problem !== null) throw new RangeError(problem);
  const ordered: Record<string, unknown> = {};
  for (const [name] of MEMBERS) if (Object.hasOwn(payload, name)) ordered[name] = payload[name];
  const bytes = encoder.encode(JSON.stringify(ordered));
  if (bytes.length > MAX_PAYLOAD_BYTES) throw new RangeError(`the payload is longer than ${MAX_PAYLOAD_BYTES} bytes`);
  return bytes;
}
