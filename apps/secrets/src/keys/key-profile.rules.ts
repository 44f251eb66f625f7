import { KEY_PURPOSES, type KeyPurpose, type SigningAlg } from '#contracts';

/** What a key of a purpose is, and how long it goes on verifying when another has taken its place. */
export interface KeyProfile {
  alg: SigningAlg;
  /** Algorithms of further keys of the purpose, for clients whose policy asks for one. */
  also?: readonly SigningAlg[];
  /** Modulus of its RSA keys. */
  bits?: number;
  overlapSeconds: number;
  /**
   * Days after which another key takes its place by itself. Blobs have none: applications have their keys built in, and
   * every license has to be issued again before the overlap ends, so an operator decides.
   */
  rotateAfterDays?: number;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** Longest life of a token of each purpose, in seconds; a key verifies until the last one it signed is over. */
export const LONGEST_TOKEN = { access: HOUR, id_token: HOUR, device_token: 90 * DAY, license_token: 90 * DAY } as const;

/** Tokens that each client application has signed the way its policy says. */
const BY_CLIENT = { alg: 'RS256', bits: 2048, also: ['ES256', 'EdDSA'] } as const;

export const KEY_PROFILES: Readonly<Record<KeyPurpose, KeyProfile>> = {
  access: { ...BY_CLIENT, overlapSeconds: LONGEST_TOKEN.access + HOUR, rotateAfterDays: 30 },
  id_token: { ...BY_CLIENT, overlapSeconds: LONGEST_TOKEN.id_token + HOUR, rotateAfterDays: 30 },
  // A key of their own: they outlive every access token, and so does the key that verifies them.
  device_token: { alg: 'RS256', bits: 2048, overlapSeconds: LONGEST_TOKEN.device_token + HOUR, rotateAfterDays: 90 },
  license_token: { alg: 'RS256', bits: 3072, overlapSeconds: LONGEST_TOKEN.license_token + HOUR, rotateAfterDays: 90 },
  license_blob: { alg: 'EdDSA', overlapSeconds: 90 * DAY },
};

/** A place that one key at a time takes: there is an active key and one in waiting for each. */
export interface KeySlot {
  purpose: KeyPurpose;
  alg: SigningAlg;
}

export const KEY_SLOTS: readonly KeySlot[] = KEY_PURPOSES.flatMap((purpose) => {
  const { alg, also = [] } = KEY_PROFILES[purpose];
  return [alg, ...also].map((each) => ({ purpose, alg: each }));
});

/** The slot of a purpose: of that algorithm, or of its usual one; nothing when it has no such keys. */
export const slotOf = (purpose: KeyPurpose, alg: SigningAlg = KEY_PROFILES[purpose].alg): KeySlot | undefined =>
  KEY_SLOTS.find((slot) => slot.purpose === purpose && slot.alg === alg);

export const slotName = ({ purpose, alg }: KeySlot): string => `${purpose}.${alg}`;
