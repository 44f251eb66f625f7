/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/** Names of secrets and of personal addresses, in snake case, also as the last words of longer names. */
const SECRET_NAME = new RegExp(
  `^(?:.*[-_.])?(?:${[
    'authorization|cookies?|tokens?|jwt|otp|pin|signature|seeds?|blobs?|credentials?|secrets?',
    'passw(?:or)?d|passphrase|api_?key|keys?|pem|mac',
    '(?:user|device|pairing|verification|authorization|recovery|backup|login)_code',
    'e?mails?|e?mail_address|username|sign_in_name',
  ].join('|')})(?:_hash|_digest)?$`,
);
/** Names that end like a secret and are none. */
const HARMLESS_NAME = /^(?:primary|foreign|sort|partition)_key$/;

const toSnake = (name: string): string => name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
const known = new Map<string, boolean>();

/** Whether a member of this name is never shown, in whatever case it is written. */
export function isSecretName(name: string): boolean {
  let secret = known.get(name);
  if (secret === undefined) {
    const snake = toSnake(name);
    secret = SECRET_NAME.test(snake) && !HARMLESS_NAME.test(snake);
    if (known.size < 2_000) known.set(name, secret);
  }
  return secret;
}

const NAMED = 'token|secret|password|passwd|signature|api_?key|seed|cookie|authorization';
const IN_TEXT: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, REDACTED],
  [/\b(Bearer|Basic|DPoP)\s+[\w.~+/=-]+/gi, `$1 ${REDACTED}`],
  [/\beyJ[\w-]{5,}(?:\.[\w-]*){1,4}/g, REDACTED],
  [/\bDTLIC\d*:[\w+/=.:-]+/g, REDACTED],
  [/\bDT1-[A-Z]{2,16}-[\dA-Z]{4}-[\dA-Z]{4}\b/gi, REDACTED],
  [/\bS[UAOCNXP][A-Z2-7]{56}\b/g, REDACTED],
  [/(\b[a-z][a-z\d+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi, `$1${REDACTED}@`],
  [new RegExp(`([\\w-]*(?:${NAMED})=)[^\\s&;,"']+`, 'gi'), `$1${REDACTED}`],
  [new RegExp(`("[\\w-]*(?:${NAMED}|blob)"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"?`, 'gi'), `$1"${REDACTED}"`],
  [/([?&](?:code|state)=)[^\s&"']+/gi, `$1${REDACTED}`],
  [/[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu, '[address]'],
];

const LONG_RUN = /[\w+/-]{40,}={0,2}/g;

/**
 * Random base64 changes between capitals, small letters and digits at three of five places; words, paths and hex do not.
 * Of a million tokens fewer than one changes as rarely as this.
 */
function looksRandom(run: string): boolean {
  if (!/[a-z]/.test(run) || !/[A-Z]/.test(run)) return false;
  const letters = run.replace(/[^a-zA-Z\d]/g, '');
  const kinds = Array.from(letters, (c) => (/[a-z]/.test(c) ? 0 : /[A-Z]/.test(c) ? 1 : 2));
  const changes = kinds.filter((kind, i) => i > 0 && kind !== kinds[i - 1]).length;
  return changes / letters.length > 0.2;
}

/** A text without the secrets and addresses in it. */
export function scrubText(text: string): string {
  if (text.length < 4) return text;
  let scrubbed = text;
  for (const [pattern, put] of IN_TEXT) scrubbed = scrubbed.replace(pattern, put);
  return scrubbed.replace(LONG_RUN, (run) => (looksRandom(run) ? REDACTED : run));
}

const MAX_DEPTH = 6;
const MAX_ENTRIES = 100;

/** A copy of `value` that can be logged: secrets by name and by look are gone, depth and width are bounded. */
export function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Error) return scrubError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((v) => scrub(v, depth + 1));
  const entries = value instanceof Map ? [...value].map(([k, v]) => [String(k), v] as const) : Object.entries(value);
  return Object.fromEntries(
    entries.slice(0, MAX_ENTRIES).map(([k, v]) => [k, v != null && isSecretName(k) ? REDACTED : scrub(v, depth + 1)]),
  );
}

/** Only what is known to be harmless is taken from an error: drivers attach queries with their parameters. */
function scrubError(error: Error, depth: number): unknown {
  const { code, constraint, table } = error as { code?: unknown; constraint?: unknown; table?: unknown };
  return {
    type: error.name,
    message: scrubText(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    ...(typeof table === 'string' ? { table } : {}),
    ...(error.stack ? { stack: scrubText(error.stack) } : {}),
    ...(error.cause !== undefined && depth < MAX_DEPTH ? { cause: scrub(error.cause, depth + 1) } : {}),
  };
}
