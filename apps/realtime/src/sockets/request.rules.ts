import type { IncomingMessage } from 'node:http';

/** The gateway passes the token in this header only, whatever way the client sent it. */
export const bearerOf = (request: IncomingMessage): string =>
  /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';

/** Seconds until a client that was refused may come back: not all at once. */
export const retryAfter = (): number => 1 + Math.floor(Math.random() * 5);
