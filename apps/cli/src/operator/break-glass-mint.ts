import { randomUUID, sign } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { addYears, MintLicenseRequest, parse, Refusal } from '#contracts';
import { assembleBlob, newLicenseKey, signingInput } from '#license-format';
import { appendDurably, BreakGlassTrail } from './break-glass-trail.js';
import { ed25519KeyIn } from './keys-file.js';
import { Told } from '../told.js';

/** What a license made without the services is to say, and what it is made with. */
export interface LocalMint {
  name: string;
  email: string;
  tier: string;
  years?: string;
  expires?: string;
  order?: string;
  notes?: string;
  /** File of the private key. */
  key: string;
  kid: string;
  issuer: string;
  product: string;
  reason: string;
}

export interface LocalLicense {
  license_key: string;
  tier: string;
  expires_at: string;
  blob: string;
}

const TRAIL = 'break-glass.audit.jsonl';
/** In the form that `gatehouse import` takes. */
const LICENSES = 'break-glass.licenses.jsonl';
const SHORTEST_REASON = 10;

/**
 * Makes a license with a key in a file, for when the services are down and a customer cannot wait. What is done is
 * written down, on the disk, before it is done.
 * @param dir where trail and licenses are kept
 */
export function mintLocally(order: LocalMint, dir: string, now = new Date()): LocalLicense {
  if (order.reason.trim().length < SHORTEST_REASON) throw new Told('Say in --reason why this cannot wait.');
  const mint = mintableIn(order);
  const key = ed25519KeyIn(order.key);
  const [iat, exp] = [seconds(now), seconds(endOf(mint, now))];
  if (!(exp > iat)) throw new Told('The license would be over before it begins.');
  const { name, email, tier } = mint;
  const { kid } = order;
  const [license_key, jti] = [newLicenseKey(tier), randomUUID()];
  const terms = { v: 2 as const, kid, iss: order.issuer, prod: order.product, key: license_key, tier, name, email };
  const input = signingInput({ ...terms, iat, nbf: iat, exp, feat: featuresOf(tier), jti });
  const who = { by: os.userInfo().username, host: os.hostname(), reason: order.reason.trim() };
  new BreakGlassTrail(path.join(dir, TRAIL)).append({ at: now.toISOString(), ...who, kid, license_key, jti });
  const blob = assembleBlob(input, sign(null, input, key));
  const notes = [order.notes, `break-glass: ${who.reason}`].filter(Boolean).join('; ');
  appendDurably(path.join(dir, LICENSES), JSON.stringify({ license_key, blob, email, order: order.order, notes }));
  return { license_key, tier, expires_at: new Date(exp * 1000).toISOString(), blob };
}

/** What is said on the terminal, so that nobody does this without knowing. */
export const breakGlassWarning = (dir: string): string =>
  [
    '',
    '!'.repeat(78),
    '!!  BREAK-GLASS: a license was signed on this machine, past the services.',
    `!!  It is written down in ${path.join(dir, TRAIL)}; tell whoever is on call.`,
    '!!  Until it is imported, nobody can look it up, revoke it or renew it:',
    `!!      gatehouse import ${path.join(dir, LICENSES)}`,
    '!!  Then take the key off this machine.',
    '!'.repeat(78),
    '',
  ].join('\n');

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000);

/** What the services would be asked for, by their rules: the license is to be imported there. @throws Told */
function mintableIn({ name, email, tier, years, expires, order, notes }: LocalMint): MintLicenseRequest {
  const term = years === undefined && expires !== undefined ? {} : { years: Number(years ?? 1) };
  const given = Object.entries({ name, email, tier, ...term, expires_at: expires, order, notes });
  try {
    return parse(MintLicenseRequest, Object.fromEntries(given.filter(([, value]) => value !== undefined)));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Told((error.extras.errors ?? []).map(({ detail }) => detail).join(' '));
  }
}

const endOf = ({ years, expires_at }: MintLicenseRequest, now: Date): Date =>
  expires_at === undefined ? addYears(now, years!) : new Date(expires_at);

interface Plans {
  plans: Record<string, { features: string[] } | undefined>;
  tiers: Record<string, string | undefined>;
}

/** The features that the tier has by the plans file, as the services would have them signed. */
function featuresOf(tier: string): string[] {
  const file = process.env.PLANS_FILE ?? 'config/plans.yaml';
  const { plans, tiers } = parseYaml(fs.readFileSync(file, 'utf8')) as Plans;
  const plan = plans[tiers[tier] ?? ''];
  if (!plan) throw new Told(`There is no tier ${tier}; there are ${Object.keys(tiers).join(', ')}.`);
  return plan.features;
}
