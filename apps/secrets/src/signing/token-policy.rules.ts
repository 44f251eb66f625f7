import { ClaimsRefused, type AppName, type SignTokenRequest } from '#contracts';
import { LONGEST_TOKEN } from '../keys/key-profile.rules.js';
import { actor, audiencesOf, seconds, text, texts, wholeUpTo, type ClaimCheck } from './claims.rules.js';

type Purpose = SignTokenRequest['purpose'];
type Claims = Record<string, unknown>;

/** What may be signed as one kind of token, and for whom. What is not allowed here is refused. */
export interface TokenPolicy {
  purpose: Purpose;
  /** What a reader of refusals calls it. */
  name: string;
  caller: AppName;
  /** Header `typ`; no verifier takes one kind for another. */
  typ: 'at+jwt' | 'JWT' | 'device+jwt' | 'license+jwt';
  required: Readonly<Record<string, ClaimCheck>>;
  optional: Readonly<Record<string, ClaimCheck>>;
  audience: (audiences: string[]) => boolean;
  /** Seconds from `iat` to `exp`, at most. */
  longest: number;
}

/** What a policy is applied against. */
export interface SigningTerms {
  caller: AppName;
  issuer: string;
  /** Unix seconds. */
  now: number;
}

/** `aud` of tokens for internal callers; a person's token never has it. */
const INTERNAL = 'gatehouse-internal';
/** Seconds by which the caller's clock may be off. */
const SKEW = 120;
const MAX_PAYLOAD_BYTES = 8192;

const BASE = {
  iss: text(),
  sub: text(),
  aud: (aud: unknown) => audiencesOf(aud) !== null,
  exp: seconds,
  iat: seconds,
  jti: text(128),
};

const PERSON: TokenPolicy = {
  purpose: 'access',
  name: 'an access token',
  caller: 'identity',
  typ: 'at+jwt',
  required: { ...BASE, sid: text(128), client_id: text(128), roles: texts(), amr: texts(), auth_time: seconds },
  optional: { acr: text(128), scope: text(2048), act: actor },
  audience: (audiences) => !audiences.includes(INTERNAL),
  longest: LONGEST_TOKEN.access,
};

/** OpenID Connect Core §2. It says that somebody signed in at an application and opens nothing here. */
const ID: TokenPolicy = {
  purpose: 'id_token',
  name: 'an ID token',
  caller: 'identity',
  typ: 'JWT',
  required: { ...BASE, sid: text(128), auth_time: seconds, acr: text(128), amr: texts() },
  optional: { nonce: text(1024), at_hash: text(64), azp: text(128) },
  audience: (audiences) => audiences.length === 1 && audiences[0] !== INTERNAL,
  longest: LONGEST_TOKEN.id_token,
};

const SERVICE: TokenPolicy = {
  purpose: 'access',
  name: 'a service token',
  caller: 'identity',
  typ: 'at+jwt',
  required: { ...BASE, client_id: text(128), scope: text(1024) },
  optional: { act: actor },
  audience: (audiences) => audiences.length === 1 && audiences[0] === INTERNAL,
  longest: 15 * 60,
};

/** A paired device's: neither roles nor a session, so that nothing takes it for its person (R-DP2). */
const DEVICE: TokenPolicy = {
  purpose: 'device_token',
  name: 'a device token',
  caller: 'identity',
  typ: 'device+jwt',
  required: { ...BASE, client_id: text(128), device_id: text(128) },
  optional: {},
  audience: (audiences) => !audiences.includes(INTERNAL),
  longest: LONGEST_TOKEN.device_token,
};

const LICENSE: TokenPolicy = {
  purpose: 'license_token',
  name: 'a license token',
  caller: 'licensing',
  typ: 'license+jwt',
  required: { ...BASE, plan: text(64), features: texts(), max_offline_days: wholeUpTo(3650) },
  optional: { tier: text(32), status: text(32) },
  audience: (audiences) => audiences.length === 1 && audiences[0] !== INTERNAL,
  longest: LONGEST_TOKEN.license_token,
};

/** An access token without a session is a service's. */
function policyFor(purpose: Purpose, claims: Claims): TokenPolicy {
  if (purpose === 'license_token') return LICENSE;
  if (purpose === 'device_token') return DEVICE;
  if (purpose === 'id_token') return ID;
  return Object.hasOwn(claims, 'sid') ? PERSON : SERVICE;
}

/** Claims that may be signed, as they will be, and the kind of token that they make. */
export interface SignableClaims {
  policy: TokenPolicy;
  payload: string;
  jti: string;
}

/**
 * Decides whether these claims may be signed for this caller (SEC13).
 * @throws Refusal `claims_refused` that says what is in the way, and repeats no value
 */
export function admitClaims(purpose: Purpose, claims: Claims, terms: SigningTerms): SignableClaims {
  const policy = policyFor(purpose, claims);
  const refused = refusalOf(policy, claims, terms);
  if (refused) throw ClaimsRefused.with(refused);
  const payload = JSON.stringify(claims);
  if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) {
    throw ClaimsRefused.with(`The claims are longer than ${MAX_PAYLOAD_BYTES} bytes.`);
  }
  return { policy, payload, jti: claims.jti as string };
}

function refusalOf(policy: TokenPolicy, claims: Claims, terms: SigningTerms): string | null {
  if (terms.caller !== policy.caller) return `${terms.caller} may not have ${policy.name} signed.`;
  for (const name of Object.keys(claims)) {
    const check = own(policy.required, name) ?? own(policy.optional, name);
    if (!check) return `A claim is not allowed in ${policy.name}.`;
    if (!check(claims[name])) return `The claim ${name} is malformed.`;
  }
  const missing = Object.keys(policy.required).find((name) => !Object.hasOwn(claims, name));
  if (missing) return `The claim ${missing} is required in ${policy.name}.`;
  if (claims.iss !== terms.issuer) return 'The claim iss is not this system’s issuer.';
  if (!policy.audience(audiencesOf(claims.aud)!)) return `The claim aud is not one of ${policy.name}.`;
  return timeRefusal(policy, claims as { iat: number; exp: number; auth_time?: number }, terms.now);
}

function timeRefusal(policy: TokenPolicy, { iat, exp, auth_time }: Times, now: number): string | null {
  if (Math.abs(iat - now) > SKEW) return 'The claim iat is not the present time.';
  if (exp <= iat) return 'The claim exp is not after iat.';
  if (exp - iat > policy.longest) return `The claim exp is more than ${policy.longest} seconds after iat.`;
  if (auth_time !== undefined && auth_time > now + SKEW) return 'The claim auth_time lies in the future.';
  return null;
}

interface Times {
  iat: number;
  exp: number;
  auth_time?: number;
}

const own = (checks: Readonly<Record<string, ClaimCheck>>, name: string): ClaimCheck | undefined =>
  Object.hasOwn(checks, name) ? checks[name] : undefined;
