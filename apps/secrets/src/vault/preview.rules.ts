/** Beginnings that every key of a platform has, and that tell nothing. */
const PUBLIC_PREFIXES = ['live_', 'sk_'];
const MOST_TRAILING = 4;
const MOST_SHOWN = 0.4;
const HIDDEN = '••••';

/**
 * How a secret is shown: at most its last four characters and never more than 40 % of it, so that what is hidden of a
 * short one cannot be guessed (SEC18). The dots do not tell how long it is.
 */
export function previewOf(secret: string): string {
  const budget = Math.floor(secret.length * MOST_SHOWN);
  const trailing = Math.min(MOST_TRAILING, budget);
  const prefix = PUBLIC_PREFIXES.find((p) => secret.startsWith(p) && p.length + trailing <= budget) ?? '';
  return `${prefix}${HIDDEN}${trailing ? secret.slice(-trailing) : ''}`;
}
