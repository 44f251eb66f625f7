/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

const SECRET_NAME =
  /^(?:.*[-_.])?(?:authorization|cookies?|tokens?|jwt|passw(?:or)?d|passphrase|secrets?|seeds?|keys?|credentials?|blobs?|otp|pin|e?mails?|email_address|username|sign_in_name)$/;
/** Names that end like a secret and are none. */
const HARMLESS_NAME = /^(?:key_id|token_type|token_id|mail_id|primary_key|outbox_key)$/;

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

const IN_TEXT: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, REDACTED],
  [/\b(Bearer|Basic|DPoP)\s+[\w.~+/=-]+/gi, `$1 ${REDACTED}`],
  [/\beyJ[\w-]{5,}(?:\.[\w-]*){1,4}/g, REDACTED],
  [/\bDTLIC\d*:[\w+/=.:-]+/g, REDACTED],
  [/\bS[UAOCNXP][A-Z2-7]{56}\b/g, REDACTED],
  [/(\b[a-z][a-z\d+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi, `$1${REDACTED}@`],
  [/((?:[?&;]|\b)(?:[\w-]*(?:token|secret|password|signature|code|api_?key|state))=)[^\s&;,"']+/gi, `$1${REDACTED}`],
  [/[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu, '[address]'],
  // Opaque tokens and keys: long base64 with capitals, small letters and digits; ids and digests in hex stay.
  [/(?<![\w-])(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])(?=[\w+/-]*\d)[\w+-][\w+/-]{39,}={0,2}(?![\w-])/g, REDACTED],
];

/** A text without the secrets and addresses in it. */
export function scrubText(text: string): string {
  if (text.length < 4) return text;
  let scrubbed = text;
  for (const [pattern, put] of IN_TEXT) scrubbed = scrubbed.replace(pattern, put);
  return scrubbed;
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
