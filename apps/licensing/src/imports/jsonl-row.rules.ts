import crypto from 'node:crypto';
import { parse, TIERS, MintLicenseRequest, type Tier } from '#contracts';
import { nodeVerifier, parseBlob, parseLicenseKey, verifyBlobSync, type LicensePublicKey } from '#license-format';

/** A license that was issued elsewhere, as its own signature says. */
export interface IssuedElsewhere {
  license_key: string;
  name: string;
  email: string;
  tier: Tier;
  issued_at: Date;
  expires_at: Date;
  blob: string;
  kid: string;
  gumroad_order_id: string | null;
  notes: string | null;
}

export type RowVerdict = { row: IssuedElsewhere } | { code: string };

type Members = Record<string, unknown>;

/** Holds its keys; WebCrypto would import one for every blob anew. */
const verifier = nodeVerifier(crypto);

const text = (value: unknown, max: number): string | null =>
  typeof value === 'string' && value !== '' && value.length <= max ? value : null;

function members(line: string): Members | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null;
  } catch {
    return null;
  }
}

/**
 * Reads a line of the log of issued licenses. What counts is what the blob's signature covers; the line only adds
 * what a blob does not say. Keys out of use are fine for what they signed once; keys that others know are not (I4).
 */
export function readIssued(line: string, keys: readonly LicensePublicKey[]): RowVerdict {
  const said = members(line);
  if (!said) return { code: 'not_json' };
  const blob = text(said.blob, 8192)?.trim();
  const parsed = blob === undefined ? null : parseBlob(blob);
  if (!parsed || 'problem' in parsed) return { code: 'malformed_blob' };
  const { payload } = parsed;
  const trusted = keys.map((key) => (key.state === 'compromised' ? key : { kid: key.kid, key: key.key }));
  const verdict = verifyBlobSync(blob, trusted, { now: payload.nbf, product: payload.prod, verifier });
  if (!verdict.valid) return { code: verdict.code.toLowerCase() };
  return agreed(said, blob!, payload);
}

type Payload = Extract<ReturnType<typeof parseBlob>, { payload: unknown }>['payload'];

/** The line must not say anything else than the blob. */
function agreed(said: Members, blob: string, payload: Payload): RowVerdict {
  const key = said.license_key ?? said.key;
  const tier = payload.tier as Tier;
  if (key !== undefined && (typeof key !== 'string' || parseLicenseKey(key) !== payload.key)) {
    return { code: 'other_key' };
  }
  if (!TIERS.includes(tier)) return { code: 'unknown_tier' };
  const email = payload.email ?? text(said.email, 254);
  if (email === null || !isPrintable(payload.name, email)) return { code: 'invalid_person' };
  if (payload.exp <= payload.iat) return { code: 'invalid_terms' };
  return {
    row: {
      ...{ license_key: payload.key, name: payload.name, email, tier, blob, kid: payload.kid },
      issued_at: new Date(payload.iat * 1000),
      expires_at: new Date(payload.exp * 1000),
      gumroad_order_id: text(said.gumroad_order_id ?? said.order, 191),
      notes: text(said.notes, 2000),
    },
  };
}

/** By the rules of a mint: names and addresses end in mail headers. */
function isPrintable(name: string, email: string): boolean {
  try {
    parse(MintLicenseRequest, { name, email, tier: 'lite', years: 1 });
    return true;
  } catch {
    return false;
  }
}
