import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { parse as parseYaml } from 'yaml';
import { StartProblem } from '#boot';
import { GatewayConfig } from '../gateway.config.js';

const NAME = /^[a-z][a-z0-9-]{1,62}$/;
const MIN_SECRET = 24;

interface Caller {
  scopes: readonly string[];
  secrets: readonly string[];
}

type Entries = Record<string, unknown>;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((v) => typeof v === 'string');

function read(file: string, parse: (text: string) => unknown): Entries {
  try {
    const entries = parse(readFileSync(file, 'utf8'));
    if (typeof entries === 'object' && entries !== null && !Array.isArray(entries)) return entries as Entries;
    throw new Error('it is no map of names');
  } catch (cause) {
    // The parser's own message would quote the line it stumbled over, and that may be a secret.
    throw problem(
      file,
      cause instanceof SyntaxError ? 'it cannot be parsed' : (cause as Error).message.split('\n')[0]!,
    );
  }
}

const problem = (file: string, why: string): StartProblem =>
  new StartProblem({
    what: `The internal callers in ${file} cannot be used`,
    why,
    fix: 'Write each caller’s name with a list of scopes (YAML), and with a secret of at least 24 characters (JSON).',
  });

/** The internal callers, what each may do and how each proves who it is; read once, whole, at start. */
@Injectable()
export class CallerRegistry {
  private readonly callers = new Map<string, Caller>();

  constructor(config: GatewayConfig) {
    const { callers: listed } = read(config.internalCallersFile, parseYaml);
    const secrets = read(config.internalCallerSecretsFile, (text) => JSON.parse(text) as unknown);
    for (const [name, entry] of Object.entries((listed ?? {}) as Entries)) {
      const list = (entry as { scopes?: unknown } | null)?.scopes;
      if (!NAME.test(name)) throw problem(config.internalCallersFile, `“${name}” is no name for a caller`);
      if (!isTexts(list)) throw problem(config.internalCallersFile, `${name} has no list of scopes`);
      const own = [secrets[name] ?? []].flat();
      if (!isTexts(own) || own.some((s) => s.length < MIN_SECRET)) {
        throw problem(config.internalCallerSecretsFile, `the secret of ${name} is too short`);
      }
      this.callers.set(name, { scopes: Object.freeze([...list]), secrets: own });
    }
  }

  /** Scopes of a caller; empty when there is none of that name. */
  scopesOf(name: string): readonly string[] {
    return this.callers.get(name)?.scopes ?? [];
  }

  has(name: string): boolean {
    return this.callers.has(name);
  }

  /** Secrets of a caller, two while one is being replaced. */
  secretsOf(name: string): readonly string[] {
    return this.callers.get(name)?.secrets ?? [];
  }

  /** Whether `secret` is one of the caller's; takes the same time whatever is wrong. */
  isSecretOf(name: string, secret: string): boolean {
    const given = digest(secret);
    const known = this.secretsOf(name);
    const compared = (known.length ? known : ['']).map((s) => timingSafeEqual(digest(s), given));
    return known.length > 0 && compared.includes(true);
  }
}
