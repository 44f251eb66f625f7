import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UnsupportedMediaType, ValidationFailed } from '#contracts';
import { optionsIn, routeOf } from './route.js';

/** Bytes; also the size at which Fastify stops reading. */
export const BODY_LIMIT = 64 * 1024;
const WEBHOOK_BODY_LIMIT = 256 * 1024;

type Done = (error: Error | null, body?: unknown) => void;

const rawBodies = new WeakMap<FastifyRequest, Buffer>();

/** The bytes of an internal request's body, for its signature. */
export const rawBodyOf = (request: FastifyRequest): Buffer =>
  rawBodies.get(request) ?? (Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));

/** A member of this name would change what an object *is* when it is copied; it may be written with escapes. */
const POISON = /__proto__|\\u005f/i;

function refusePoison(key: string, value: unknown): unknown {
  if (key === '__proto__') throw ValidationFailed.with({ detail: 'No field may be called __proto__.', errors: [] });
  return value;
}

function parseJson(bytes: Buffer): unknown {
  if (!bytes.length) return undefined;
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  return POISON.test(text) ? JSON.parse(text, refusePoison) : JSON.parse(text);
}

/** @throws Refusal when a member is sent twice: which of them is meant is anybody's guess (RFC 6749 §3.2). */
export function parseForm(bytes: Buffer): Record<string, string> {
  const form: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(bytes.toString('utf8'))) {
    if (name in form) {
      throw ValidationFailed.with({
        detail: `${name} was sent twice.`,
        errors: [{ field: name, code: 'duplicate', detail: `${name} was sent twice.` }],
      });
    }
    form[name] = value;
  }
  return { ...form };
}

/** Nothing here is unpacked: a few bytes would become as many as their sender likes. @throws Refusal `unsupported_media_type` */
export function refusePacked({ headers }: FastifyRequest): void {
  if (/^(identity)?$/i.test(headers['content-encoding']?.trim() ?? '')) return;
  throw UnsupportedMediaType.with('Send the body as it is, without a Content-Encoding.');
}

function json(request: FastifyRequest, bytes: Buffer, done: Done): void {
  const { body, listener } = routeOf(request);
  if (body === 'raw') return done(null, bytes);
  if (body === 'form-only' && bytes.length) return done(UnsupportedMediaType.with('Send a form.'));
  if (listener === 'internal') rawBodies.set(request, bytes);
  try {
    refusePacked(request);
    done(null, parseJson(bytes));
  } catch (error) {
    done(error instanceof SyntaxError || error instanceof TypeError ? malformed() : (error as Error));
  }
}

const malformed = (): Error => ValidationFailed.with({ detail: 'The body is not valid JSON.', errors: [] });

function form(request: FastifyRequest, bytes: Buffer, done: Done): void {
  const { body } = routeOf(request);
  if (body === 'raw') return done(null, bytes);
  if (body !== 'form' && body !== 'form-only') return other(request, bytes, done);
  try {
    refusePacked(request);
    done(null, parseForm(bytes));
  } catch (error) {
    done(error as Error);
  }
}

const WELCOME = { json: 'JSON', form: 'JSON or a form', 'form-only': 'a form' } as const;

function other(request: FastifyRequest, bytes: Buffer, done: Done): void {
  const { body = 'json' } = routeOf(request);
  if (body === 'raw') return done(null, bytes);
  // A path that does not exist is 404 whatever is sent to it; so is an absent body of no particular type.
  if (request.is404 || !bytes.length) return done(null, undefined);
  done(UnsupportedMediaType.with(`Send ${WELCOME[body]}.`));
}

/** Reads bodies as each route wants them: JSON, forms where they are welcome, storefront pings byte for byte. */
export function readBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const options = { parseAs: 'buffer', bodyLimit: BODY_LIMIT } as const;
  fastify.addContentTypeParser('application/json', options, json);
  fastify.addContentTypeParser('application/x-www-form-urlencoded', options, form);
  fastify.addContentTypeParser('*', options, other);
  fastify.addHook('onRoute', (route) => {
    if (optionsIn(route.config).body === 'raw') route.bodyLimit = WEBHOOK_BODY_LIMIT;
  });
}
