import type { FastifyRequest } from 'fastify';
import { Text, type ClientPolicy, type FinishConnectorRequest, type FinishedConnector } from '#contracts';

export class StartConnectorBody {
  @Text({ optional: true, max: 2048, description: 'One of the client’s `redirects`; default: the first.' })
  return_to?: string;
}

/** A browser’s secret between start and callback. `Lax`, because the platform sends browsers back by links. */
export const CONNECTOR_COOKIE = '__Host-gatehouse_connector';

/** The cookie as a `Set-Cookie` value. */
export const connectorCookie = (secret: string, seconds = 600): string =>
  `${CONNECTOR_COOKIE}=${secret}; Path=/; Max-Age=${seconds}; HttpOnly; Secure; SameSite=Lax`;

/**
 * Whether the asker is a page whose browser will keep the cookie. An application that opens a browser of its own
 * accord, and a page of another site, whose cookies browsers refuse, have nothing to be known by.
 */
export const keepsCookies = ({ headers }: FastifyRequest): boolean =>
  headers['sec-fetch-site'] === 'same-origin' || headers['sec-fetch-site'] === 'same-site';

/** Addresses that a client’s people may return to, the default first; compared whole (R-SE14). */
export const returnsOf = (policy: Pick<ClientPolicy, 'redirects'> | undefined, publicUrl: string): string[] =>
  policy?.redirects.length ? policy.redirects : [`${publicUrl.replace(/\/$/, '')}/`];

const LONGEST: Record<'state' | 'code' | 'error', number> = { state: 512, code: 4096, error: 256 };

/** What of a callback’s query counts; platforms add members of their own. Doubled ones count for nothing. */
export function callbackOf({ query }: FastifyRequest): FinishConnectorRequest {
  const sent = query as Record<string, unknown>;
  const usable = Object.entries(LONGEST).filter(([name, longest]) => {
    const value = sent[name];
    return typeof value === 'string' && value !== '' && value.length <= longest;
  });
  return Object.fromEntries(usable.map(([name]) => [name, sent[name]])) as FinishConnectorRequest;
}

/** Where the browser goes at the end. */
export function arrivalOf(finished: FinishedConnector, fallback: string): string {
  const url = new URL(finished.return_to ?? fallback);
  if (finished.error) url.searchParams.set('error', finished.error);
  else url.searchParams.set('chat_source_id', finished.chat_source_id!);
  return url.href;
}
