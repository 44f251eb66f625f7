import { createHash } from 'node:crypto';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { contentText, ValidationFailed } from '#contracts';
import { actorBehind } from './ask.js';
import { KeptAnswers } from './kept-answers.js';
import { routeOf, type RouteOptions } from './route.js';

const MOST_CHARACTERS = 128;
/** The service keeps its answers by itself under this one. */
const HANDED_ON = 'idempotency_key';

const digestOf = (...parts: (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('base64url');
};

/** The same members in another order are the same body. */
const bodyOf = ({ body }: FastifyRequest): string | Buffer =>
  Buffer.isBuffer(body) ? body : (contentText(body) ?? '');

/** Where the key is a member of the request, the service itself knows what was done under it. */
export const keepsAnswers = ({ listener, idempotencyField, withoutIdempotency }: RouteOptions): boolean =>
  listener === 'internal' && !idempotencyField && !withoutIdempotency;

/** A body with an id of its own is known by that; the key beside it is kept here. */
function hasOwnId({ body }: FastifyRequest, { idempotencyField }: RouteOptions): boolean {
  if (!idempotencyField || idempotencyField === HANDED_ON || typeof body !== 'object') return false;
  return (body as Record<string, unknown> | null)?.[idempotencyField] !== undefined;
}

/** The key that a request brings, when it is one that this cares for. @throws Refusal `validation_failed` */
function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  const route = routeOf(request);
  const isKept = keepsAnswers(route) || hasOwnId(request, route);
  if (typeof key !== 'string' || !key || request.method !== 'POST' || !isKept) return undefined;
  if (key.length <= MOST_CHARACTERS) return key;
  const detail = `Idempotency-Key must be at most ${MOST_CHARACTERS} characters long.`;
  throw ValidationFailed.with({ detail, errors: [{ field: 'idempotency_key', code: 'invalid_length', detail }] });
}

/** Internal callers that lost an answer ask again by the same `Idempotency-Key`: they get it, and nothing is done twice. */
@Injectable()
export class Idempotency implements NestInterceptor {
  constructor(private readonly answers: KeptAnswers) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = keyOf(request);
    return key === undefined ? next.handle() : from(this.once(key, request, next));
  }

  private async once(key: string, request: FastifyRequest, next: CallHandler<unknown>): Promise<unknown> {
    const actor = actorBehind(request);
    const [path = '', query = ''] = request.url.split('?', 2);
    const name = digestOf(actor?.kind === 'caller' ? actor.caller : '', path, key);
    const digest = digestOf(query, bodyOf(request));
    const at = Date.now();
    const taken = await this.answers.take(name, digest);
    if (taken.answer) return taken.answer.body;
    const body = await lastValueFrom(next.handle(), { defaultValue: undefined }).catch(async (error: unknown) => {
      await this.answers.release(name, taken.revision).catch(() => undefined);
      throw error;
    });
    // It is done and is told, also when the broker has gone meanwhile.
    await this.answers.keep(name, { digest, at, answer: { body } }, taken.revision).catch(() => undefined);
    return body;
  }
}
