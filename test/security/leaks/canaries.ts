/** Values that must not be found, by what they are. A name begins with its kind: `password: of the admin`. */
export type Canaries = Map<string, string>;

/** The middle of the base64 of some bytes, wherever in a longer text they begin. */
function base64At(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  return encoded.slice(offset && offset + 1, (bytes.length + offset) % 3 ? -1 : undefined);
}

/** Bytes as hexadecimal and base64, of either alphabet and at any place. */
function encodings(bytes: Buffer): string[] {
  const encoded = [0, 1, 2].map((offset) => base64At(bytes, offset));
  return [bytes.toString('hex'), ...encoded, ...encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
}

/** A value as it may be written: as it is, in a URL, in JSON, as the bytes of a column, as the bytes that it encodes. */
function spellings(value: string): string[] {
  const decoded = /^[\w-]{22,}$/.test(value) ? [Buffer.from(value, 'base64url')] : [];
  const all = [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    ...[Buffer.from(value), ...decoded].flatMap(encodings),
    ...decoded.map((bytes) => bytes.toString('latin1')),
  ];
  return [...new Set(all)];
}

/** Looks for all of them in many texts. */
export class Search {
  private readonly spelled: [string, string[]][];

  constructor(canaries: Canaries) {
    this.spelled = [...canaries].map(([what, value]) => [what, spellings(value)]);
  }

  /** What stands in the text. */
  in(text: string): string[] {
    return this.spelled.filter(([, all]) => all.some((one) => text.includes(one))).map(([what]) => what);
  }
}

/** Keeps what is too short to be told from chance out. */
export function plant(canaries: Canaries, what: string, value: string): string {
  if (value.length < 8) throw new Error(`${what} is too short to be looked for`);
  canaries.set(what, value);
  return value;
}
