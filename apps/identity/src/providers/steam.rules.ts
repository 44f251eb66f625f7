import type { Callback } from './callback.rules.js';
import type { Answer } from './outbound.service.js';
import { demand } from './provider.js';

export const NS = 'http://specs.openid.net/auth/2.0';
export const SELECT = `${NS}/identifier_select`;
/** How old an assertion may be. */
export const NONCE_LIFE_MS = 5 * 60_000;
const SKEW_MS = 60_000;

/** An identity at Steam is this address, whichever host answered (R-ST3). */
const CLAIMED_ID = /^https:\/\/steamcommunity\.com\/openid\/id\/(\d{17})$/;
const NONCE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)[\x21-\x7e]{0,200}$/;

const MUST_BE_SIGNED = ['op_endpoint', 'claimed_id', 'identity', 'return_to', 'response_nonce', 'assoc_handle'];
const KNOWN = [...MUST_BE_SIGNED, 'ns', 'mode', 'signed', 'sig', 'invalidate_handle'].map((name) => `openid.${name}`);

/** What an assertion is measured by. */
export interface AssertionRules {
  endpoint: string;
  returnTo: string;
  /** Unix milliseconds. */
  now: number;
}

export interface Assertion {
  steamId: string;
  nonce: string;
  /** Unix milliseconds. */
  nonceAt: number;
}

/** Everything about a positive assertion that can be checked without Steam (OpenID 2.0 §11.1–11.3). */
export function readAssertion(callback: Callback, { endpoint, returnTo, now }: AssertionRules): Assertion {
  demand(!callback.hasDuplicates, 'a parameter came twice');
  const odd = callback.names.find((name) => name !== 'state' && !KNOWN.includes(name));
  demand(odd === undefined, 'there is a parameter that Steam does not send');
  const of = (name: string): string => callback.get(`openid.${name}`) ?? '';
  demand(of('ns') === NS && of('mode') === 'id_res', 'it is no positive assertion of OpenID 2.0');
  demand(of('op_endpoint') === endpoint, 'it is of another provider');
  demand(of('return_to') === returnTo, 'it was made for another return address');
  const signed = of('signed').split(',');
  demand(MUST_BE_SIGNED.every((name) => signed.includes(name)) && of('sig') !== '', 'something of it is not signed');
  const steamId = CLAIMED_ID.exec(of('claimed_id'))?.[1];
  demand(steamId !== undefined && of('claimed_id') === of('identity'), 'it names no identity of Steam');
  const nonce = of('response_nonce');
  const nonceAt = Date.parse(NONCE.exec(nonce)?.[1] ?? '');
  demand(nonceAt > now - NONCE_LIFE_MS && nonceAt < now + SKEW_MS, 'its nonce is not fresh');
  return { steamId, nonce, nonceAt };
}

/** The question whether Steam has made this assertion: all of it, in another mode. */
export function verificationOf(callback: Callback): URLSearchParams {
  const body = new URLSearchParams();
  for (const name of callback.names.filter((n) => n.startsWith('openid.'))) body.set(name, callback.get(name)!);
  body.set('openid.mode', 'check_authentication');
  return body;
}

/** @throws ProviderProblem unless Steam says yes in so many words (R-ST5) */
export function assertPositive({ status, text }: Answer): void {
  const lines = text.split('\n').filter(Boolean);
  const pairs = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const);
  const all = (name: string): string[] => pairs.filter(([key]) => key === name).map(([, value]) => value);
  const yes = String(all('is_valid')) === 'true' && String(all('ns')) === NS;
  demand(status === 200 && yes, 'Steam has not made this assertion');
}
