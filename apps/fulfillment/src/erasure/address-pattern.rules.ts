/** What may stand before an address in a text, and is not a part of another one. A form writes it as `%20`, JSON as `\\n`. */
const BEFORE = String.raw`(^|[^a-z0-9._%+-]|%(?!2[bde5]|5f)[0-9a-f]{2}|\\[nrt])`;
/** What may follow: `.com` is not `.com.au`, but a sentence may end with it. */
const AFTER = String.raw`($|[^a-z0-9.-]|\.($|[^a-z0-9]))`;

/** A text as Postgres's `encode(…, 'escape')` writes its bytes, which are octal beyond ASCII. */
const literal = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => (byte < 128 ? String.fromCharCode(byte) : `\\${byte.toString(8)}`).replace(/[^a-z0-9]/gi, '\\$&'))
    .join('');

/**
 * A pattern of Postgres that finds an address, as it is or as forms write it, and not within another one:
 * `ann@example.com` is not in `joann@example.com`, whose ping is somebody else's.
 */
export const addressPattern = (email: string): string =>
  `${BEFORE}(${literal(email)}|${literal(encodeURIComponent(email))})${AFTER}`;
