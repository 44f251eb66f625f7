import {
  effectiveTime,
  judgeOffline,
  parseBlob,
  verifyBlob,
  verifyLicenseToken,
  verifyRevocations,
  wentOnline,
  type OfflineVerdict,
  type Verdict,
} from '#license-format';
import { Told } from '../told.js';
import type { Trust } from './license-trust.js';

const DAY = 86_400;

/** How to judge a license file; times are Unix seconds. */
export interface HowToJudge {
  now: number;
  product?: string;
  grace_days?: number;
}

/** The verdict on a license file. @throws Told when the revocation list is not to be believed */
export async function judgeBlob(blob: string, { keys, revocations }: Trust, given: HowToJudge): Promise<Verdict> {
  const parsed = parseBlob(blob);
  const product = given.product ?? ('payload' in parsed ? parsed.payload.prod : '');
  const how = { now: given.now, product, grace: (given.grace_days ?? 0) * DAY };
  // Whether it is genuine comes first: a made-up file may name any product, of which there is no list.
  const verdict = await verifyBlob(blob, keys, how);
  if (revocations === undefined || !('payload' in verdict)) return verdict;
  const listed = await verifyRevocations(revocations, keys, how);
  // Such a list says nothing about it.
  if (listed.code === 'WRONG_PRODUCT') return verdict;
  if (!listed.valid) throw new Told(`The revocation list cannot be believed: ${listed.detail}`);
  return verifyBlob(blob, keys, { ...how, revoked: listed.list.keys });
}

/** What a license token says, whether it is genuine or not; nothing for what is no token. */
export function claimsIn(token: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/**
 * Whether an installation with this license token may be used offline. It was online last when it got the token, unless
 * something later is known.
 */
export async function judgeToken(
  token: string,
  { tokenKeys }: Pick<Trust, 'tokenKeys'>,
  how: { now: number; issuer?: string; lastOnline?: number },
): Promise<OfflineVerdict> {
  const { iss, iat } = claimsIn(token) ?? {};
  const state = wentOnline(how.lastOnline ?? (typeof iat === 'number' ? iat : how.now));
  const issuer = how.issuer ?? (typeof iss === 'string' ? iss : '');
  const verdict = await verifyLicenseToken(token, tokenKeys, { now: effectiveTime(state, how.now), issuer });
  return judgeOffline(verdict, state, how.now);
}
