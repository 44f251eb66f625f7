/** First path segments of `/v1` that shipped clients also use without a prefix. */
const UNPREFIXED = ['auth', 'license', 'claim', 'extension', 'portal', 'installations', 'entitlements'] as const;

/** The one table of path aliases: what is written on the left is served on the right. */
const ALIASES: readonly { from: RegExp; to: string }[] = [
  { from: /^\/api\/v1(?=\/)/, to: '/v1' },
  // The bare page `/portal` keeps its own address; only what is below it belongs to the API.
  { from: new RegExp(`^(?=/(?:${UNPREFIXED.join('|')})/)`), to: '/v1' },
  { from: /^(?=\/(?:installations|entitlements)(?:[?]|$))/, to: '/v1' },
];

/** A slash at the end of a path says nothing here; some HTTP clients put one there. */
function withoutLastSlash(url: string): string {
  const at = url.indexOf('?');
  const end = at < 0 ? url.length : at;
  return end > 1 && url[end - 1] === '/' ? url.slice(0, end - 1) + url.slice(end) : url;
}

/** The path and query by which the routes know a request. */
export function canonicalUrl(asked: string): string {
  const url = withoutLastSlash(asked);
  // The common case first: no rule applies to what is canonical already.
  if (url.startsWith('/v1/')) return url;
  for (const { from, to } of ALIASES) if (from.test(url)) return url.replace(from, to);
  return url;
}
