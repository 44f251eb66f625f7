import { ValidationFailed, type ClientPolicy } from '#contracts';

/** Ours, for clients that have no frontend of their own: the start page, and where a sign-in at our pages goes on. */
const OWN_PAGES = ['/', '/signin/done'];

/** Where people may go after a sign-in as this client, the default first. */
export interface Frontends {
  policy: Pick<ClientPolicy, 'redirects' | 'origins'>;
  /** Origins of local frontends, which count in the development profile only. */
  localOrigins: readonly string[];
  /** Page that stands in for frontends which nobody has started; development profile only. */
  standIn?: string;
  /** Our own address, for clients that have no frontend but our pages. */
  publicUrl: string;
}

/** The addresses that are allowed, whole: paths of the listed ones, on local origins too while developing. */
export function returnAddresses({ policy, localOrigins, standIn, publicUrl }: Frontends): string[] {
  const listed = policy.redirects.length ? policy.redirects : OWN_PAGES.map((page) => publicUrl + page);
  const local = localOrigins.flatMap((origin) => policy.redirects.map((redirect) => origin + pathOf(redirect)));
  return [...new Set([...(policy.redirects.length && standIn ? [standIn] : []), ...listed, ...local])];
}

/**
 * Where to return to. An address is compared character by character: nothing is parsed that a browser might parse in
 * another way (R-SE14).
 * @throws Refusal `validation_failed` when it is none of the client’s
 */
export function chooseReturn(asked: string | undefined, frontends: Frontends): string {
  const allowed = returnAddresses(frontends);
  const chosen = asked === undefined ? allowed[0] : allowed.find((address) => address === asked);
  if (chosen !== undefined) return chosen;
  const detail = 'return_to is no address that this client application may return to.';
  throw ValidationFailed.with({ detail, errors: [{ field: 'return_to', code: 'not_allowed', detail }] });
}

const pathOf = (address: string): string => {
  const { pathname, search } = new URL(address);
  return pathname + search;
};
