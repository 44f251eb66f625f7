import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Two years, as the preload list asks for. */
const HSTS = 'max-age=63072000; includeSubDomains';

/** On every answer (E-headers, R-SE12). A JSON answer has nothing to load, so its policy allows nothing. */
export const SECURITY_HEADERS = {
  'strict-transport-security': HSTS,
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
} as const;

/** Policy of a page: its own scripts and styles carry the nonce, and it speaks with us only. */
const pagePolicy = (nonce: string, formAction: readonly string[]): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    `form-action ${["'self'", ...formAction].join(' ')}`,
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

export interface PageOptions {
  /** Default 200. */
  status?: number;
  /**
   * The page has a form. Browsers name the origin of a form's page only where its address may be told, which our own
   * origin may learn; and they hold what a form leads to, redirects included, against these further sources.
   */
  form?: { leadsTo: readonly string[] };
}

/** Sends a page that was rendered for one fresh nonce. */
export function sendPage(reply: FastifyReply, render: (nonce: string) => string, options: PageOptions = {}): void {
  const nonce = randomBytes(16).toString('base64');
  if (options.form) reply.header('referrer-policy', 'same-origin');
  void reply
    .code(options.status ?? 200)
    .header('content-security-policy', pagePolicy(nonce, options.form?.leadsTo ?? []))
    .header('content-type', 'text/html; charset=utf-8')
    .send(render(nonce));
}

/** @throws Error, which stops the start, when answers would go out without their security headers. */
export async function assertSecurityHeaders(fastify: FastifyInstance): Promise<void> {
  for (const url of ['/health/live', '/no-such-page']) {
    const { headers } = await fastify.inject({ method: 'GET', url });
    const missing = Object.keys(SECURITY_HEADERS).filter((name) => !headers[name]);
    if (missing.length) throw new Error(`answers lack security headers: ${missing.join(', ')}`);
  }
}
