import { sign } from 'node:crypto';
import { Command } from 'commander';
import {
  assembleCertificate,
  CERTIFICATE_PREFIX,
  certificateInput,
  parseRevocations,
  type LicensePublicKey,
} from '#license-format';
import { givenFile, givenText } from '../given-file.js';
import { trustFrom } from '../license/license-trust.js';
import { TIME_FORM, timeOf } from '../time-option.js';
import { Told } from '../told.js';
import { ed25519KeyIn } from './keys-file.js';
import { internalApi } from './internal-api.js';
import { print, table } from './output.js';

const YEAR_MS = 365 * 86_400_000;

interface Options {
  root: string;
  rootKid: string;
  keys?: string;
  issuer?: string;
  product?: string;
  until?: string;
  json?: boolean;
}

/** What a certificate is to say of a key, and who says it. */
export interface ToCertify {
  /** File of the root's private key. */
  root: string;
  rootKid: string;
  key: LicensePublicKey;
  issuer: string;
  product: string;
  until: Date;
}

/** `gatehouse keys certify`: made where the root is, which the services never see. */
export const certifyCommand = (): Command =>
  new Command('certify')
    .description(
      'sign a certificate for a key with your offline root, so that applications take it without a new build',
    )
    .argument('<kid>')
    .requiredOption('--root <file>', 'the private key of the root, Ed25519 (PEM); it stays on this machine')
    .requiredOption('--root-kid <name>', 'the name by which applications know the root')
    .option('--keys <file or URL>', 'public keys, as of …/v1/license/keys; default: those of the running system')
    .option('--issuer <iss>', 'who issues its licenses; default: as the running system says')
    .option('--product <prod>', 'what its licenses are for; default: as the running system says')
    .option('--until <time>', `until when the key is to be taken, ${TIME_FORM}; default: for a year`)
    .option('--json', 'print it as JSON')
    .action(async (kid: string, { root, rootKid, keys, issuer, product, until, json }: Options) => {
      const end = until === undefined ? new Date(Date.now() + YEAR_MS) : timeOf('--until', until);
      const trust = await trustFrom({ keys });
      const key = trust.keys.find((one) => one.kid === kid);
      if (!key) throw new Told(`There is no license key ${kid}; there are ${trust.keys.map((k) => k.kid).join(', ')}.`);
      const told = { ...issuedBy(trust.revocations), ...(issuer && { issuer }), ...(product && { product }) };
      const certificate = certify({ root: givenFile(root), rootKid, key, ...whole(told), until: end });
      print({ certificate }, !!json, () => certificate);
    });

/** `gatehouse keys publish`: applications find it with the public keys from then on. */
export const publishCommand = (): Command =>
  new Command('publish')
    .description('have a certificate handed out with the public keys, for applications to find')
    .argument('<certificate>', '`DTKEY1:…`, or the name of its file')
    .option('--json', 'print the whole answer as JSON')
    .action(async (given: string, { json }: { json?: boolean }) => {
      const certificate = given.startsWith(CERTIFICATE_PREFIX) ? given : givenText(given);
      const published = await internalApi().ask<Record<string, string>>('POST', '/internal/keys/certificates', {
        json: { certificate },
      });
      print(published, !!json, () => table([published], ['kid', 'root', 'not_before', 'not_after']));
    });

/**
 * The certificate, from now on.
 * @throws Told when its end is over, or the root is no key of Ed25519
 */
export function certify({ root, rootKid, key, issuer, product, until }: ToCertify, now = new Date()): string {
  const [iat, exp] = [now, until].map((time) => Math.floor(time.getTime() / 1000)) as [number, number];
  if (exp <= iat) throw new Told('The certificate would be over before it begins.');
  const about = { kid: rootKid, iss: issuer, prod: product, sub: key.kid, key: key.key };
  const input = certificateInput({ v: 1, ...about, iat, nbf: iat, exp });
  return assembleCertificate(input, sign(null, input, ed25519KeyIn(root)));
}

/** The running system's revocation list says whose licenses it is about. */
function issuedBy(revocations: string | undefined): { issuer?: string; product?: string } {
  const parsed = revocations === undefined ? undefined : parseRevocations(revocations);
  return parsed && 'list' in parsed ? { issuer: parsed.list.iss, product: parsed.list.prod } : {};
}

function whole({ issuer, product }: { issuer?: string; product?: string }): { issuer: string; product: string } {
  if (!issuer || !product) throw new Told('With --keys, say --issuer and --product, too.');
  return { issuer, product };
}
