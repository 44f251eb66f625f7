/** A native app's loopback address, of which the port is its own business (RFC 8252 §7.3); names are none of it (§8.3). */
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?(\/.*)?$/;

/** The address without its port, when it is a loopback one. */
function withoutPort(uri: string): string | undefined {
  const [, host, port, rest = ''] = LOOPBACK.exec(uri) ?? [];
  if (host === undefined || Number(port ?? 1) > 65_535) return undefined;
  return `${host}${rest}`;
}

/**
 * Whether an address is one of those that are registered (R-AS1): the same text, character by character, but for the
 * port of a public client's loopback address.
 */
export function isRegistered(uri: string, registered: readonly string[], confidential: boolean): boolean {
  if (registered.includes(uri)) return true;
  if (confidential || /[\s\\#]/.test(uri)) return false;
  const loopback = withoutPort(uri);
  return loopback !== undefined && registered.some((own) => withoutPort(own) === loopback);
}

/** An address with more in its query; what is in it already stays as it is. */
export function withQuery(uri: string, members: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) if (value !== undefined) query.append(name, value);
  return `${uri}${uri.includes('?') ? '&' : '?'}${query.toString()}`;
}
