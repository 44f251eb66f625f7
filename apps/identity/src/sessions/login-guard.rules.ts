import { createHmac } from 'node:crypto';

/** Failures in a row before an account has to wait (R-BF1). */
export const FREE_FAILURES = 5;
const FIRST_WAIT_SECONDS = 10;
export const LONGEST_WAIT_SECONDS = 900;
/** After this long without a failure the count begins anew. */
export const FORGET_AFTER_HOURS = 24;

/** Seconds that an account waits after its n-th failure in a row: 0 below the fifth, then 10, 20, 40 … 900. */
export const waitAfter = (failures: number): number =>
  failures < FREE_FAILURES ? 0 : Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (failures - FREE_FAILURES));

/**
 * Under what failures are counted: the sign-in name as it was typed, whether or not it exists. Keyed, so that the
 * table does not tell who tries to sign in.
 */
export const guardKey = (key: Buffer, name: string): Buffer =>
  createHmac('sha256', key).update(normalName(name)).digest();

/** One spelling for all spellings of a name or an address that mean the same account. */
export const normalName = (name: string): string => name.trim().normalize('NFKC').toLowerCase();
