import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OriginsService } from './origins.service.js';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const HEADERS =
  'Authorization, Content-Type, X-Client-Id, X-Device-Token, X-Request-Id, Idempotency-Key, If-None-Match, Last-Event-ID, traceparent';
const EXPOSED =
  'X-Request-Id, X-Device-Token, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, WWW-Authenticate, ETag, Link';
/** Seconds a browser remembers a preflight; a changed policy shows after this at the latest. */
const MAX_AGE = '600';

/** Storefronts and internal callers are no browsers; to the pages that sign in a browser is sent, never a script (R-SE13). */
const CLOSED =
  /^\/(?:webhooks|internal|metrics|signin|consent|oauth\/authorize|oauth\/continue|oauth\/logout)(?:[/?]|$)/;

/**
 * Adds the CORS headers (B-cors, E-cors). Listed origins get them with credentials, by exact name. Any other origin
 * gets nothing, but in development `*`, with which a browser sends and shows nothing that belongs to a person.
 */
export function allowCors(origins: OriginsService, origin: string, request: FastifyRequest, reply: FastifyReply): void {
  if (CLOSED.test(request.url)) return;
  if (origins.allows(origin)) {
    reply.header('access-control-allow-origin', origin);
    reply.header('access-control-allow-credentials', 'true');
  } else if (origins.development) {
    reply.header('access-control-allow-origin', '*');
  } else {
    return;
  }
  if (isPreflight(request)) {
    reply.header('access-control-allow-methods', METHODS);
    reply.header('access-control-allow-headers', HEADERS);
    reply.header('access-control-max-age', MAX_AGE);
  } else {
    reply.header('access-control-expose-headers', EXPOSED);
  }
}

/** The question a browser asks before it sends a request that is not simple. */
export const isPreflight = (request: FastifyRequest): boolean =>
  request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;

/** A preflight's answer depends on these. */
export const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';
