import type { FastifyRequest } from 'fastify';
import type { RecordStorefrontEventRequest, Store } from '#contracts';

const MAX_SECRET = 512;
const MAX_TYPE = 255;
const MAX_SIGNATURE = 4096;

/** Where a store puts its signature. */
const SIGNATURE_HEADERS = {
  lemonsqueezy: 'x-signature',
  paddle: 'paddle-signature',
  stripe: 'stripe-signature',
} as const satisfies Partial<Record<Store, string>>;

/** A store that signs what it sends. */
export type SigningStore = keyof typeof SIGNATURE_HEADERS;

/**
 * The secret of Basic auth, which storefronts put into the ping's address: the password, whatever the name, and the name
 * where there is no password, as in `https://secret@host`.
 */
export function basicSecret(authorization: string | undefined): string | undefined {
  const credentials = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization ?? '')?.[1];
  if (!credentials) return undefined;
  const [name, ...password] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
  return password.join(':') || name;
}

const first = (value: unknown): string | undefined =>
  [value].flat().find((v): v is string => typeof v === 'string' && v !== '');

/** A ping as it arrived: nothing of its body is read here, so nothing of it can be misunderstood. */
export function gumroadPing(request: FastifyRequest): RecordStorefrontEventRequest {
  const { secret: inPath } = request.params as { secret?: string };
  const { secret: inQuery } = request.query as { secret?: unknown };
  const secret = first(inPath) ?? first(inQuery) ?? first(basicSecret(request.headers.authorization));
  return {
    store: 'gumroad',
    // What is longer than any secret is wrong, not malformed.
    ...(secret !== undefined && secret.length <= MAX_SECRET ? { secret } : {}),
    ...contentOf(request),
  };
}

/** A signed webhook as it arrived; its bytes are what was signed. */
export function signedWebhook(store: SigningStore, request: FastifyRequest): RecordStorefrontEventRequest {
  const signature = first(request.headers[SIGNATURE_HEADERS[store]]);
  return {
    store,
    ...(signature !== undefined && signature.length <= MAX_SIGNATURE ? { signature } : {}),
    ...contentOf(request),
  };
}

function contentOf(request: FastifyRequest): { content_type: string; body: string } {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return {
    content_type: (request.headers['content-type'] || 'application/octet-stream').slice(0, MAX_TYPE),
    body: body.toString('base64'),
  };
}
