import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { ShortCode } from './short-code.rules.js';

/** How many wrong codes there may be. A right one costs nothing. */
export interface Budget {
  /** Of one account or one address, with less than `quietSeconds` between one and the next. */
  each: number;
  /** Of everybody together within `quietSeconds`. */
  all: number;
  /** As long as a code lives: no run of wrong codes within one life is longer than `each`. */
  quietSeconds: number;
}

/**
 * R-DF4: 5 in 20⁸ is a chance below 2⁻³² in a code's life, for any one account and any one address. What all of them
 * may try together keeps whoever has thousands of both below one in fifty million a code, and is far more than
 * people mistype.
 */
export const BUDGETS: Readonly<Record<ShortCode['kind'], Budget>> = {
  user_code: { each: 5, all: 500, quietSeconds: 900 },
  pairing_code: { each: 10, all: 1_000, quietSeconds: 600 },
};

/** Who guesses; at least an address or an account. */
export interface Guesser {
  user_id?: string;
  ip?: string;
}

/** One count that a guess adds to. */
export interface Count {
  key: Buffer;
  limit: number;
  /** Counted in windows of fixed length; else until it has been quiet for that long. */
  windowed: boolean;
}

/**
 * The counts of a guess, in an order that is the same for all.
 * @param factor multiplies what is counted by address and for all, never what is counted by account
 */
export function countsOf(key: Buffer, kind: ShortCode['kind'], { user_id, ip }: Guesser, factor: number): Count[] {
  const { each, all } = BUDGETS[kind];
  const keyOf = (scope: string) => createHmac('sha256', key).update(`guesses\0${kind}\0${scope}`).digest();
  const counts = [{ key: keyOf('all'), limit: all * factor, windowed: true }];
  if (ip !== undefined) counts.push({ key: keyOf(`ip\0${networkOf(ip)}`), limit: each * factor, windowed: false });
  if (user_id !== undefined) counts.push({ key: keyOf(`user\0${user_id}`), limit: each, windowed: false });
  return counts.sort((a, b) => Buffer.compare(a.key, b.key));
}

/** An IPv4 address, or the /64 that one subscriber has all addresses of. */
export function networkOf(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const [head = '', tail] = ip.split('%', 1)[0]!.split('::');
  const left = head ? head.split(':') : [];
  const zeros = tail === undefined ? [] : Array<string>(8).fill('0');
  return [...left, ...zeros]
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}
