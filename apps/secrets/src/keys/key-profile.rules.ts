import type { KeyPurpose } from '#contracts';

/** What a key of a purpose is, and how long it goes on verifying when another has taken its place. */
export interface KeyProfile {
  alg: 'RS256' | 'EdDSA';
  /** Modulus of an RSA key; none for Ed25519. */
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
export const LONGEST_TOKEN = { access: HOUR, license_token: 90 * DAY } as const;

export const KEY_PROFILES: Readonly<Record<KeyPurpose, KeyProfile>> = {
  access: { alg: 'RS256', bits: 2048, overlapSeconds: LONGEST_TOKEN.access + HOUR, rotateAfterDays: 30 },
  license_token: { alg: 'RS256', bits: 3072, overlapSeconds: LONGEST_TOKEN.license_token + HOUR, rotateAfterDays: 90 },
  license_blob: { alg: 'EdDSA', overlapSeconds: 90 * DAY },
};
