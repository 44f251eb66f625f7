import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface Cacheable {
  /** Default `application/json`. */
  type?: string;
  /** Seconds that anybody may keep it; default 300. */
  maxAge?: number;
}

/** Sends what is nobody's secret and changes seldom, with an `ETag`; 304 when the client has it already. */
export function sendCacheable(
  request: FastifyRequest,
  reply: FastifyReply,
  content: object | string | Buffer,
  { type = 'application/json; charset=utf-8', maxAge = 300 }: Cacheable = {},
): void {
  const body = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  reply.header('etag', etag).header('cache-control', `public, max-age=${maxAge}`);
  const known = request.headers['if-none-match']?.split(',').map((t) => t.trim().replace(/^W\//, ''));
  if (known?.includes(etag) || known?.includes('*')) return void reply.code(304).send();
  void reply.header('content-type', type).send(body);
}
