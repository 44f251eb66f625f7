import { Refusal } from '#contracts';
import { backoffSeconds } from '../leases/backoff.rules.js';
import { StorefrontUnreachable } from '../storefronts/storefront.js';

/** What becomes of an order that could not be settled: come back, or leave it to a person. */
export type Leaving = { state: 'pending'; why: string; seconds: number } | { state: 'parked' | 'failed'; why: string };

/** The lease has grown too old in between; another worker may be at the order. */
export class LeaseTooOld extends Error {
  override readonly name = 'LeaseTooOld';

  constructor() {
    super('Reading the order took too long; it is read again.');
  }
}

/** Seconds after which a revocation that waits is looked at again. */
const HELD_SECONDS = 600;

/** So many licenses were revoked on the store's word that this one has to wait. */
export class RevocationsHeld extends Error {
  override readonly name = 'RevocationsHeld';

  constructor(most: number) {
    super(
      `The store has had ${most} licenses revoked within the hour; this one waits. Look whether the store is right: ` +
        'STORE_REVOCATIONS_PER_HOUR lets more of them through.',
    );
  }
}

/** Tries before something that nobody foresaw is given up; with the pauses about three hours. */
const MOST_TRIES = 20;

/** A store or a service that is away is waited for, for as long as it takes; what is refused for good is parked. */
export function leavingAfter(error: unknown, attempts: number, random?: number): Leaving {
  const seconds = backoffSeconds(attempts, random);
  if (error instanceof StorefrontUnreachable) return { state: 'pending', why: error.message, seconds };
  if (error instanceof LeaseTooOld) return { state: 'pending', why: error.message, seconds: 0 };
  if (error instanceof RevocationsHeld) return { state: 'pending', why: error.message, seconds: HELD_SECONDS };
  if (error instanceof Refusal && error.kind !== 'internal') {
    const why = `Licensing: ${error.code}. ${error.message}`;
    const later = error.kind === 'unavailable' || error.kind === 'rate_limited';
    return later ? { state: 'pending', why, seconds } : { state: 'parked', why };
  }
  const why = `Something went wrong on our side (${error instanceof Error ? error.name : typeof error}); the log tells more.`;
  return attempts < MOST_TRIES ? { state: 'pending', why, seconds } : { state: 'failed', why };
}
