import fs from 'node:fs';
import type { LicensePublicKey, LicenseTokenKey } from '#license-format';
import { givenFile, givenText } from '../given-file.js';
import { accessFrom, reach } from '../operator/internal-api.js';
import { Told } from '../told.js';

/** What licenses are judged by. */
export interface Trust {
  /** For license files. */
  keys: LicensePublicKey[];
  /** For license tokens. */
  tokenKeys: LicenseTokenKey[];
  /** A revocation list, sealed. */
  revocations?: string;
}

/** Where it is read from: files or addresses. */
export interface Sources {
  keys?: string;
  revocations?: string;
}

/** Where only keys are given, nothing else is asked: that is how an application judges that is offline. */
export async function trustFrom({ keys, revocations }: Sources): Promise<Trust> {
  const running = keys === undefined ? `${accessFrom(process.env).publicUrl}/v1/license` : undefined;
  const list = revocations ?? (running && `${running}/revocations`);
  return {
    ...keysIn(await contentOf(keys ?? `${running}/keys`)),
    revocations: list && (await contentOf(list)).trim(),
  };
}

/** A license as it was given: itself, or the name of its file. */
export const textOf = (given: string): string => (isLicense(given) ? given.trim() : givenText(given));

/** A license token is a JWT; whatever else there is begins with its name. */
export const isToken = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);

const isLicense = (given: string): boolean =>
  given.startsWith('DTLIC2:') || (isToken(given.trim()) && given.startsWith('eyJ'));

async function contentOf(source: string): Promise<string> {
  if (!/^https?:/.test(source)) return fs.readFileSync(givenFile(source), 'utf8');
  const answer = await reach(source);
  if (!answer.ok) throw new Told(`${source} answers ${answer.status}.`);
  return answer.text();
}

type Key = Partial<LicensePublicKey & LicenseTokenKey> & { jwk?: Partial<LicenseTokenKey> };

/** The keys of `…/v1/license/keys`, of a JWKS, or those that an application was built with. */
function keysIn(text: string): Pick<Trust, 'keys' | 'tokenKeys'> {
  const said = JSON.parse(text) as { keys?: Key[] } | Key[];
  const all = Array.isArray(said) ? said : (said.keys ?? []);
  const jwks = all.map((key) => ({ ...key.jwk, ...key }));
  return {
    keys: all.filter((key): key is LicensePublicKey => typeof key.key === 'string'),
    tokenKeys: jwks.filter((key): key is LicenseTokenKey => key.kty === 'RSA' && typeof key.n === 'string'),
  };
}
