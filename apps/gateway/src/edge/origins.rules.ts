/** Hosts whose pages a developer serves without TLS. */
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\]|[a-z0-9-]+\.localhost)$/;
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

export interface OriginRules {
  exact: ReadonlySet<string>;
  patterns: readonly RegExp[];
}

/** Whether an origin may be listed: https, or plain http of the developer's own machine. */
function isSafe(origin: string, development: boolean): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return protocol === 'https:' || (protocol === 'http:' && development && LOOPBACK.test(hostname));
}

/** `https://*.app.github.dev` is any one label below that host, which has at least two labels itself. */
function patternOf(entry: string): RegExp | undefined {
  const parts = /^https:\/\/\*\.((?:[a-z0-9-]+\.)+[a-z0-9-]+)(:\d{1,5})?$/.exec(entry.toLowerCase());
  if (!parts) return undefined;
  return new RegExp(`^https://${LABEL}\\.${parts[1]!.replaceAll('.', '\\.')}${parts[2] ?? ''}$`);
}

/** What a list of a client's origins and patterns allows. Entries that are neither allow nothing. */
export function originRules(entries: readonly string[], development: boolean): OriginRules {
  const exact = entries.filter((e) => !e.includes('*') && isSafe(e, development)).map((e) => new URL(e).origin);
  const patterns = entries.filter((e) => e.includes('*')).flatMap((e) => patternOf(e) ?? []);
  return { exact: new Set(exact), patterns };
}

/** Whether a browser's `Origin` header is one of them; the header is compared whole, as the browser wrote it. */
export const allowsOrigin = (rules: OriginRules, origin: string): boolean =>
  rules.exact.has(origin) || (origin.length <= 255 && rules.patterns.some((p) => p.test(origin)));
