import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** A subprotocol that carries an access token. */
export const BEARER_PROTOCOL = /^bearer\.(.+)$/;
const BEARER = /^Bearer +([^\s,]+) *$/i;

/** The subprotocols that a client offers. */
export const protocolsOf = (headers: IncomingHttpHeaders): string[] =>
  (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((p) => p.trim())
    .filter(Boolean);

/** The token of an upgrade request: header, subprotocol `bearer.<token>`, or `?token=`. */
export function tokenOf(headers: IncomingHttpHeaders, query: URLSearchParams): string | undefined {
  const inProtocol = protocolsOf(headers).flatMap((p) => BEARER_PROTOCOL.exec(p)?.[1] ?? [])[0];
  return BEARER.exec(headers.authorization ?? '')?.[1] ?? inProtocol ?? query.get('token') ?? undefined;
}

/** Path and query without the token, which goes on in a header only. */
export function withoutToken(path: string, query: URLSearchParams): string {
  const rest = new URLSearchParams(query);
  rest.delete('token');
  return rest.size ? `${path}?${rest.toString()}` : path;
}

/** Headers of the request to the realtime app: what WebSocket needs, who asks, and nothing else of the client's. */
export function upstreamHeaders(
  headers: IncomingHttpHeaders,
  caller: { token: string; address: string; requestId: string; host: string },
): OutgoingHttpHeaders {
  const protocols = protocolsOf(headers).filter((p) => !BEARER_PROTOCOL.test(p));
  const extensions = headers['sec-websocket-extensions'];
  return {
    host: caller.host,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': headers['sec-websocket-key'],
    ...(protocols.length ? { 'sec-websocket-protocol': protocols.join(', ') } : {}),
    ...(extensions ? { 'sec-websocket-extensions': extensions } : {}),
    authorization: `Bearer ${caller.token}`,
    'x-request-id': caller.requestId,
    'x-forwarded-for': caller.address,
    ...(headers['user-agent'] ? { 'user-agent': headers['user-agent'] } : {}),
    ...(headers.traceparent ? { traceparent: headers.traceparent } : {}),
  };
}

const ANSWERED = [
  'upgrade',
  'connection',
  'sec-websocket-accept',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
];

/** The head of the 101 answer that the client gets. */
export function switchingProtocols(headers: IncomingHttpHeaders, requestId: string): string {
  const lines = ANSWERED.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${String(headers[name])}`]));
  return ['HTTP/1.1 101 Switching Protocols', ...lines, `x-request-id: ${requestId}`, '', ''].join('\r\n');
}

const HOP = new Set(['upgrade', 'connection', 'http2-settings']);

/** A request as it was sent, but without its wish to change the protocol. */
export function withoutUpgrade(request: {
  method?: string;
  url?: string;
  httpVersion: string;
  rawHeaders: string[];
}): string {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i]!;
    if (!HOP.has(name.toLowerCase())) lines.push(`${name}: ${request.rawHeaders[i + 1]}`);
  }
  return [...lines, '', ''].join('\r\n');
}
