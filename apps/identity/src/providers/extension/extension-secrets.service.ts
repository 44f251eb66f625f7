import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { StartProblem } from '#boot';
import { ProvidersConfig } from '../providers.config.js';
import { keyOf } from './extension-token.rules.js';

/** The secrets of Twitch extensions by their name: one each, or two while one is being replaced. */
@Injectable()
export class ExtensionSecrets {
  private readonly byRef: ReadonlyMap<string, readonly Uint8Array[]>;

  constructor({ extensionSecretsFile: path }: ProvidersConfig) {
    this.byRef = path ? readSecrets(readFileSync(path, 'utf8'), path) : new Map();
  }

  /** None when there is no such name. */
  of(ref: string): readonly Uint8Array[] {
    return this.byRef.get(ref) ?? [];
  }
}

/** @throws StartProblem that says which entry is wrong, and shows no secret */
export function readSecrets(text: string, path: string): Map<string, Uint8Array[]> {
  const found = new Map<string, Uint8Array[]>();
  for (const [ref, value] of Object.entries(parsed(text, path))) {
    const secrets = [value].flat();
    try {
      if (!secrets.length || secrets.length > 2) throw new Error('is neither one secret nor two');
      found.set(
        ref,
        secrets.map((secret) => keyOf(String(secret))),
      );
    } catch (error) {
      throw problem(path, `${ref} ${(error as Error).message}`);
    }
  }
  return found;
}

function parsed(text: string, path: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, without the text, which holds secrets.
  }
  throw problem(path, 'it is no JSON object');
}

const problem = (path: string, why: string): StartProblem =>
  new StartProblem({
    what: `The secrets of extensions in ${path} cannot be used`,
    why,
    fix: 'Write an object: each extension’s secret_ref with its base64 secret from Twitch, or a list of two.',
  });
