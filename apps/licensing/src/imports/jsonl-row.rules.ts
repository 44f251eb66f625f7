import crypto from 'node:crypto';
import { TIERS, type ImportProblem, type MintLicenseRequest, type Tier } from '#contracts';
import {
  nodePoolVerifier,
  parseBlob,
  parseLicenseKey,
  verifyBlob,
  type LicensePublicKey,
  type VerdictCode,
} from '#license-format';
import { isMoment } from '../clock/times.rules.js';
import { whyNotMintable } from './mintable.rules.js';

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

/** What is wrong with a line, and which member of its object has to be mended. */
export interface RowProblem {
  code: ImportProblem;
  field: string | null;
}

/** A license, with the member that names its order, or why the line is none. */
export type RowVerdict = { row: IssuedElsewhere; orderField?: string } | RowProblem;

type Members = Record<string, unknown>;

/** Of a blob that can be read and is judged by no product, no issuer and no clock. */
const CODES: Partial<Record<VerdictCode, ImportProblem>> = {
  ...{ BAD_SIGNATURE: 'bad_signature', UNKNOWN_KEY: 'unknown_key', EXPIRED: 'invalid_terms' },
  ...{ KEY_RETIRED: 'key_retired', KEY_COMPROMISED: 'key_compromised' },
};

/** Holds its keys; WebCrypto would import one for every blob anew. */
const verifier = nodePoolVerifier(crypto);

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
export async function readIssued(line: string, keys: readonly LicensePublicKey[]): Promise<RowVerdict> {
  const said = members(line);
  if (!said) return { code: 'not_json', field: null };
  const blob = text(said.blob, 8192)?.trim();
  const parsed = blob === undefined ? null : parseBlob(blob);
  if (!parsed || 'problem' in parsed) return { code: 'malformed_blob', field: 'blob' };
  const { payload } = parsed;
  const trusted = keys.map((key) => (key.state === 'compromised' ? key : { kid: key.kid, key: key.key }));
  const verdict = await verifyBlob(blob, trusted, { now: payload.nbf, product: payload.prod, verifier });
  if (!verdict.valid) return { code: CODES[verdict.code] ?? 'malformed_blob', field: 'blob' };
  return agreed(said, blob!, payload);
}

type Payload = Extract<ReturnType<typeof parseBlob>, { payload: unknown }>['payload'];

const TIMES = ['iat', 'nbf', 'exp'] as const;

/** The line must not say anything else than the blob. */
function agreed(said: Members, blob: string, payload: Payload): RowVerdict {
  const key = filled(said, 'license_key', 'key');
  if (key && parseLicenseKey(said[key]) !== payload.key) return { code: 'other_key', field: key };
  const problem = problemOf(payload);
  if (problem) return problem;
  const order = filled(said, 'gumroad_order_id', 'order');
  const notes = filled(said, 'notes');
  const sale = { ...personOf(said, payload), order: order && said[order], notes: notes && said.notes };
  // How long it lasts is not asked for, but what the blob says.
  const refused = whyNotMintable({ ...sale, years: 1 } as Partial<MintLicenseRequest>);
  if (refused) return { code: refused.code, field: fieldOf(refused.member, payload, order) };
  return { row: rowOf(blob, payload, sale as Sold), orderField: order };
}

/** The first of the names under which a line says something. */
const filled = (said: Members, ...names: string[]): string | undefined =>
  names.find((name) => said[name] !== undefined && said[name] !== null && said[name] !== '');

/** What keeps a genuine blob from being a license here. */
function problemOf(payload: Payload): RowProblem | null {
  if (!TIERS.includes(payload.tier as Tier)) return { code: 'unknown_tier', field: 'blob.tier' };
  const noMoment = TIMES.find((time) => !isMoment(payload[time]));
  if (noMoment) return { code: `invalid_${noMoment}`, field: `blob.${noMoment}` };
  return payload.exp <= payload.iat ? { code: 'invalid_terms', field: 'blob.exp' } : null;
}

const personOf = (said: Members, { name, email, tier }: Payload) => ({ name, email: email ?? said.email, tier });

/** Where the line says what a mint would refuse. */
function fieldOf(member: string, { email }: Payload, order = 'order'): string {
  if (member === 'name' || (member === 'email' && email !== undefined)) return `blob.${member}`;
  return member === 'order' ? order : member;
}

interface Sold {
  name: string;
  email: string;
  tier: Tier;
  order?: string;
  notes?: string;
}

const rowOf = (blob: string, { key, kid, iat, exp }: Payload, sold: Sold): IssuedElsewhere => ({
  ...{ license_key: key, name: sold.name, email: sold.email, tier: sold.tier, blob, kid },
  issued_at: new Date(iat * 1000),
  expires_at: new Date(exp * 1000),
  gumroad_order_id: sold.order ?? null,
  notes: sold.notes ?? null,
});
