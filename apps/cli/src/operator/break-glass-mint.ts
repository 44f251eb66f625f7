import { createPrivateKey, randomUUID, sign, type KeyObject } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { assembleBlob, newLicenseKey, signingInput } from '#license-format';
import { appendDurably, BreakGlassTrail } from './break-glass-trail.js';

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
  if (order.reason.trim().length < SHORTEST_REASON) throw new Error('Say in --reason why this cannot wait.');
  const key = keyFrom(order.key);
  const [iat, exp] = [seconds(now), seconds(endOf(order, now))];
  if (!(exp > iat)) throw new Error('The license would be over before it begins.');
  const { name, email, tier, kid } = order;
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

function endOf({ years, expires }: LocalMint, now: Date): Date {
  if (expires) return new Date(expires);
  const end = new Date(now);
  end.setUTCFullYear(now.getUTCFullYear() + Number(years ?? 1));
  return end;
}

function keyFrom(file: string): KeyObject {
  const key = createPrivateKey(fs.readFileSync(file));
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${file} holds no Ed25519 key.`);
  return key;
}

interface Plans {
  plans: Record<string, { features: string[] } | undefined>;
  tiers: Record<string, string | undefined>;
}

/** The features that the tier has by the plans file, as the services would have them signed. */
function featuresOf(tier: string): string[] {
  const file = process.env.PLANS_FILE ?? 'config/plans.yaml';
  const { plans, tiers } = parse(fs.readFileSync(file, 'utf8')) as Plans;
  const plan = plans[tiers[tier] ?? ''];
  if (!plan) throw new Error(`There is no tier ${tier}; there are ${Object.keys(tiers).join(', ')}.`);
  return plan.features;
}
