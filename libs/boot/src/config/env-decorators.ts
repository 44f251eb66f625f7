import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { declareEnv, type EnvOptions } from './env.js';

export interface EnvTextOptions extends EnvOptions<string> {
  /** Fewest characters; default 1. */
  min?: number;
  max?: number;
  pattern?: RegExp;
  example?: string;
}

function readText(raw: string, o: EnvTextOptions): string {
  const { min = 1, max = 4096 } = o;
  if (raw.length < min) throw new Error(`shorter than ${min} characters`);
  if (raw.length > max) throw new Error(`longer than ${max} characters`);
  if (o.pattern && !o.pattern.test(raw)) throw new Error(`not of the form ${o.pattern.source}`);
  return raw;
}

const like = (example?: string): string => (example ? `, e.g. ${example}` : '');

/** A line of text. */
export const EnvText = (name: string, o: EnvTextOptions = {}): PropertyDecorator =>
  declareEnv(name, o, { type: 'text', fix: `Set it to a text${like(o.example)}.`, read: (raw) => readText(raw, o) });

/** A text that is never printed, neither in problems nor in the reference. */
export const EnvSecret = (name: string, o: EnvTextOptions = {}): PropertyDecorator =>
  declareEnv(name, o, {
    type: 'secret',
    secret: true,
    fix: `Set it to the secret${o.min ? ` of at least ${o.min} characters` : ''}.`,
    read: (raw) => readText(raw, o),
  });

/** A whole number from `min` (default 0) to `max`. */
export function EnvInt(name: string, o: EnvOptions<number> & { min?: number; max?: number } = {}): PropertyDecorator {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = o;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  const read = (raw: string): number => {
    if (!/^-?\d+$/.test(raw)) throw new Error('not a whole number');
    const value = Number(raw);
    if (value < min || value > max) throw new Error(`not ${range}`);
    return value;
  };
  return declareEnv(name, o, { type: `whole number ${range}`, fix: `Set it to a whole number ${range}.`, read });
}

/** A number, also with decimals, from `min` (default 0) to `max`. */
export function EnvNumber(
  name: string,
  o: EnvOptions<number> & { min?: number; max?: number } = {},
): PropertyDecorator {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = o;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  const read = (raw: string): number => {
    if (!/^-?\d+(\.\d+)?$/.test(raw)) throw new Error('not a number');
    const value = Number(raw);
    if (value < min || value > max) throw new Error(`not ${range}`);
    return value;
  };
  return declareEnv(name, o, { type: `number ${range}`, fix: `Set it to a number ${range}.`, read });
}

/** `true` or `false`, also `1` or `0`. */
export const EnvFlag = (name: string, o: EnvOptions<boolean> = {}): PropertyDecorator =>
  declareEnv(name, o, {
    type: 'true or false',
    fix: 'Set it to true or false.',
    read: (raw) => {
      if (!/^(true|false|1|0)$/i.test(raw)) throw new Error('neither true nor false');
      return /^(true|1)$/i.test(raw);
    },
  });

/** One of a closed list. */
export const EnvOneOf = <T extends string>(
  name: string,
  values: readonly T[],
  o: EnvOptions<T> = {},
): PropertyDecorator =>
  declareEnv(name, o, {
    type: values.join(' | '),
    fix: `Set it to one of: ${values.join(', ')}.`,
    read: (raw) => {
      if (!values.includes(raw as T)) throw new Error('not a known value');
      return raw;
    },
  });

export interface EnvUrlOptions extends EnvOptions<string> {
  /** Accepted schemes without colon; default `http` and `https`. */
  schemes?: readonly string[];
  /** The address holds a password: it is never printed. */
  secret?: boolean;
}

/** An absolute address, kept as it was written but for a slash at its end. */
export function EnvUrl(name: string, o: EnvUrlOptions = {}): PropertyDecorator {
  const schemes = o.schemes ?? ['http', 'https'];
  const forms = schemes.map((s) => `${s}://…`).join(' or ');
  const read = (raw: string): string => {
    if (!URL.canParse(raw)) throw new Error('not an address');
    const url = new URL(raw);
    if (!schemes.includes(url.protocol.slice(0, -1))) throw new Error(`not an address of the form ${forms}`);
    if (!url.hostname) throw new Error('an address without a host');
    return raw.replace(/\/$/, '');
  };
  return declareEnv(name, o, {
    type: `address ${forms}`,
    secret: o.secret,
    fix: `Set it to an address: ${forms}.`,
    read,
  });
}

export interface EnvFileOptions extends EnvOptions<string> {
  /** Nobody but its owner may read it (mode 0600 or stricter): key material. */
  private?: boolean;
}

/** Path of a file that exists and can be read; made absolute. */
export function EnvFile(name: string, o: EnvFileOptions = {}): PropertyDecorator {
  const read = (raw: string): string => {
    const path = resolve(raw);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) throw new Error('the path of a file that does not exist');
    if (!stat.isFile()) throw new Error('not the path of a file');
    if (o.private && (stat.mode & 0o077) !== 0) throw new Error('a file that others can read; chmod 600 it');
    try {
      accessSync(path, constants.R_OK);
    } catch {
      throw new Error('a file that this user cannot read');
    }
    return path;
  };
  return declareEnv(name, o, { type: 'file', fix: 'Set it to the path of a file that can be read.', read });
}

export interface EnvListOptions extends EnvOptions<readonly string[]> {
  /** Fewest entries; default 0. */
  min?: number;
  pattern?: RegExp;
  secret?: boolean;
}

/** Texts with commas between them; blanks around them do not count. */
export function EnvList(name: string, o: EnvListOptions = {}): PropertyDecorator {
  const read = (raw: string): readonly string[] => {
    const list = raw.split(',').map((s) => s.trim());
    const entries = list.filter((s) => s !== '');
    if (entries.length < (o.min ?? 0)) throw new Error(`a list of fewer than ${o.min} entries`);
    const odd = o.pattern && entries.findIndex((s) => !o.pattern!.test(s));
    if (odd !== undefined && odd >= 0)
      throw new Error(`a list whose entry ${odd + 1} is not of the form ${o.pattern!.source}`);
    return Object.freeze(entries);
  };
  return declareEnv(name, o, {
    type: 'list',
    secret: o.secret,
    fix: 'Set it to texts with commas between them.',
    read,
  });
}
