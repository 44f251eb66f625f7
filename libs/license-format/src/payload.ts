import { isLicenseKey } from './license-key.js';
import { encodeMembers, membersProblem, text, whole, type Check, type Members } from './members.js';

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

const features: Check = (value) => Array.isArray(value) && value.length <= MOST_FEATURES && value.every(text(64));

const MEMBERS: Members<LicensePayload> = [
  ['v', (value) => value === 2],
  ['kid', text(64)],
  ['iss', text(128)],
  ['prod', text(64)],
  ['key', isLicenseKey],
  ['tier', text(32)],
  ['name', text(128)],
  ['email', text(254), 'optional'],
  ['iat', whole],
  ['nbf', whole],
  ['exp', whole],
  ['feat', features],
  ['jti', text(64)],
];

/** What keeps `value` from being a payload, or `null` when it is one. */
export const payloadProblem = (value: unknown): string | null => membersProblem(value, MEMBERS);

/**
 * The one encoding of a payload.
 * @throws RangeError when a member is missing, unknown or not valid, or the whole is too long.
 */
export const encodePayload = (payload: LicensePayload): Uint8Array =>
  encodeMembers(payload, MEMBERS, MAX_PAYLOAD_BYTES);
