import type { Backoff } from '../backoff.js';

/** Why a connection has ended. Server-sent events tell the same codes in a last frame. */
export interface Ending {
  code: number;
  reason: string;
  /** How long the server wants to be left alone. */
  retryAfterMs?: number;
}

export const CODES = { gone: 1006, tooManyOrFlood: 1008, tooSlow: 1013, expired: 4401, revoked: 4403 } as const;

/** Codes after which coming back is of no use: the person has to sign in first. */
export const isFinal = (code: number): boolean => code === CODES.revoked;

const USUAL: Backoff = { baseMs: 1_000, capMs: 30_000 };

/** How to come back after an ending. */
export function comeBack({ code, retryAfterMs = 0 }: Ending): Backoff {
  switch (code) {
    case CODES.expired:
      // It is no fault of the server's: a new token, and at once.
      return { baseMs: 100, capMs: 30_000 };
    case CODES.tooSlow:
      return { ...USUAL, floorMs: Math.max(2_000, retryAfterMs) };
    case CODES.tooManyOrFlood:
      // Somebody else has to close a connection first.
      return { ...USUAL, floorMs: Math.max(15_000, retryAfterMs) };
    default:
      return { ...USUAL, floorMs: retryAfterMs };
  }
}
