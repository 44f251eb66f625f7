/** What a browser tells about the page that made a request. */
export interface Provenance {
  origin?: string;
  fetchSite?: string;
}

/**
 * Whether a state-changing request may act with cookies, or set them (R-SE8, R-SE9).
 * - A browser that names its page's origin: only when that origin is allowed.
 * - One that names only the relation: only the page's own site, or the person's own doing.
 * - What names neither is no browser: every current one sends `Origin` with a cross-site POST.
 */
export function mayActWithCookies(from: Provenance, allows: (origin: string) => boolean): boolean {
  if (from.origin !== undefined) return from.origin !== 'null' && allows(from.origin);
  return from.fetchSite === undefined || from.fetchSite === 'same-origin' || from.fetchSite === 'none';
}
