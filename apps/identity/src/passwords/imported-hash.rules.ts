type Params = Record<string, unknown>;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w+/.=-]+$/.test(value) ? unpadded(value) : undefined;
const count = (value: unknown): number | undefined =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) <= 0x7fffffff ? (value as number) : undefined;

/**
 * Writes a hash that came as `{ algo, params }` the way it is stored. Whether it is affordable is found out when it is
 * read.
 * @returns nothing when something is missing or no such algorithm is known
 */
export function asPhc({ algo, params }: Record<string, unknown>): string | undefined {
  if (typeof algo !== 'string' || typeof params !== 'object' || params === null) return undefined;
  const write = WRITERS[algo.toLowerCase()];
  return write?.(params as Params);
}

const WRITERS: Record<string, (p: Params) => string | undefined> = {
  bcrypt: (p) => (typeof p.hash === 'string' ? p.hash : undefined),
  scrypt: ({ N, r, p, salt, hash }) => {
    const ln = Math.log2(count(N) ?? 0);
    if (!Number.isInteger(ln)) return undefined;
    return joined('scrypt', `ln=${ln},r=${count(r) ?? 8},p=${count(p) ?? 1}`, salt, hash);
  },
  pbkdf2: ({ digest, iterations, salt, hash }) => {
    const name = typeof digest === 'string' ? digest.toLowerCase().replace('-', '') : 'sha256';
    if (!/^sha(1|256|512)$/.test(name) || !count(iterations)) return undefined;
    return joined(`pbkdf2-${name}`, `i=${count(iterations)}`, salt, hash);
  },
  argon2id: (p) => argon2('argon2id', p),
  argon2i: (p) => argon2('argon2i', p),
};

function argon2(name: string, { m, t, p, v, salt, hash }: Params): string | undefined {
  if (!count(m) || !count(t)) return undefined;
  const parameters = `v=${count(v) ?? 19}$m=${count(m)},t=${count(t)},p=${count(p) ?? 1}`;
  return joined(name, parameters, salt, hash);
}

function joined(name: string, parameters: string, salt: unknown, hash: unknown): string | undefined {
  const [s, h] = [text(salt), text(hash)];
  return s === undefined || h === undefined ? undefined : `$${name}$${parameters}$${s}$${h}`;
}

/** PHC text has standard base64 without padding. */
const unpadded = (base64: string): string => base64.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
