import type { ClientPolicy } from '#contracts';

type CookiePolicy = Pick<ClientPolicy, 'cookie_name' | 'cookie_domain' | 'cookie_same_site' | 'client_id'>;

/**
 * Name of a client's refresh cookie: `__Host-` binds it to this host, `__Secure-` where one parent domain is
 * shared on purpose (R-SE1, C-sso).
 */
export function cookieName(policy: CookiePolicy): string {
  const prefix = policy.cookie_domain ? '__Secure-' : '__Host-';
  return prefix + (policy.cookie_name ?? `${policy.client_id}-refresh`);
}

/** The refresh cookie as a `Set-Cookie` value; `maxAge` in seconds. */
export function refreshCookie(policy: CookiePolicy, token: string, maxAge: number): string {
  const domain = policy.cookie_domain ? `; Domain=${policy.cookie_domain}` : '';
  const attributes = `Path=/${domain}; Max-Age=${Math.max(0, Math.round(maxAge))}; HttpOnly; Secure`;
  return `${cookieName(policy)}=${token}; ${attributes}; SameSite=${policy.cookie_same_site}`;
}

export const clearedCookie = (policy: CookiePolicy): string => refreshCookie(policy, '', 0);

/** Name of the cookie by which a browser that has signed in before is known; it opens nothing. */
const DEVICE_COOKIE = '__Host-gatehouse-device';
/** As long as browsers keep any cookie: 400 days. */
const DEVICE_SECONDS = 34_560_000;

export const deviceCookie = (token: string): string =>
  `${DEVICE_COOKIE}=${token}; Path=/; Max-Age=${DEVICE_SECONDS}; HttpOnly; Secure; SameSite=Lax`;

/** The device token in a `Cookie` header. */
export const deviceIn = (header: string | undefined): string | undefined =>
  header?.includes(DEVICE_COOKIE) ? readCookies(header).get(DEVICE_COOKIE) : undefined;

const PORTAL_COOKIE = '__Host-gatehouse-portal';

/** The session of a buyer in the portal; no other site's page ever sends it. */
export const portalCookie = (session: string, maxAge: number): string =>
  `${PORTAL_COOKIE}=${session}; Path=/; Max-Age=${Math.floor(maxAge)}; HttpOnly; Secure; SameSite=Strict`;

/** The portal session in a `Cookie` header; empty without one. */
export const portalSessionIn = (header: string | undefined): string => readCookies(header).get(PORTAL_COOKIE) ?? '';

/** The cookies of a `Cookie` header; of two with one name the first, which has the longer path, counts. */
export function readCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at > 0 && !cookies.has(name))
      cookies.set(
        name,
        pair
          .slice(at + 1)
          .trim()
          .replace(/^"(.*)"$/, '$1'),
      );
  }
  return cookies;
}
