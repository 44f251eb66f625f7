import { pattern } from '../patterns.js';

/** Shapes of what people write about themselves. */

/** One printable line that is not blank. */
export const SHOWN_LINE = pattern(/^(?=.*\S)[^\p{Cc}\p{Cs}\u2028\u2029]+$/u, 'one line of text that is not blank');

/** Paragraphs: line breaks and tabs, but no other control characters and no half surrogates. */
export const PARAGRAPHS = pattern(
  /^[^\p{Cs}\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$/u,
  'text whose only control characters are tabs and line breaks',
);

/** `https` with a host, without credentials and blanks. It is shown, never fetched. */
export const HTTPS_ADDRESS = pattern(/^https:\/\/[^\s\\/?#@]+([/?#][^\s\\]*)?$/u, 'an https:// address');
