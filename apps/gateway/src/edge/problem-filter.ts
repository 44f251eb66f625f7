import { Catch, HttpException, Injectable, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Log } from '#boot';
import {
  BodyTooLarge,
  InsufficientScope,
  Internal,
  MethodNotAllowed,
  NotFound,
  Refusal,
  UnsupportedMediaType,
  ValidationFailed,
} from '#contracts';
import { GatewayConfig } from '../gateway.config.js';
import { isInternal } from './listeners.js';
import { challengeOf, oauthErrorOf, problemOf, retryAfterOf, STATUS_OF } from './problems.rules.js';
import { routeOf } from './route.js';
import { RouteTable } from './route-table.js';

/** What Fastify and Nest refuse by themselves, by status. */
const BY_STATUS = new Map([
  [400, ValidationFailed],
  [404, NotFound],
  [413, BodyTooLarge],
  [415, UnsupportedMediaType],
]);

const DETAILS = new Map([[400, 'The request is malformed.']]);

const statusIn = (error: unknown): number | undefined =>
  error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number } | undefined)?.statusCode;

export const pathOf = (request: FastifyRequest): string => request.originalUrl.split('?', 1)[0]!;

const canonicalPath = (request: FastifyRequest): string => request.url.split('?', 1)[0]!;
const listenerOf = (request: FastifyRequest) => (isInternal(request.raw) ? 'internal' : 'public');

/** Turns everything that is thrown into an answer that tells what the client may know, and nothing else. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly config: GatewayConfig,
    private readonly routes: RouteTable,
    private readonly log: Log,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Answers a request with what was thrown while it was handled. */
  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const refusal = this.refusalOf(thrown, request, reply);
    const retryAfter = retryAfterOf(refusal);
    if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
    if (routeOf(request).errors === 'oauth') return this.answerOAuth(refusal, request, reply);
    const status = STATUS_OF[refusal.kind];
    if (status === 401 || refusal.is(InsufficientScope)) {
      reply.header('www-authenticate', challengeOf(refusal, /^bearer /i.test(request.headers.authorization ?? '')));
    }
    const instance = routeOf(request).instance ?? this.shownPath(request);
    const problem = problemOf(refusal, { publicUrl: this.config.publicUrl, instance, requestId: request.id });
    void reply
      .code(status)
      .header('cache-control', 'no-store')
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify(problem));
  }

  private answerOAuth(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): void {
    const { status, body } = oauthErrorOf(refusal);
    if (status === 401) {
      const scheme = /^basic /i.test(request.headers.authorization ?? '') ? 'Basic realm="oauth"' : 'Bearer';
      reply.header('www-authenticate', scheme);
    }
    void reply.code(status).header('cache-control', 'no-store').header('pragma', 'no-cache').send(body);
  }

  private refusalOf(thrown: unknown, request: FastifyRequest, reply: FastifyReply): Refusal {
    if (thrown instanceof Refusal) return this.noted(thrown, request);
    const status = statusIn(thrown);
    if (status === 404) return this.notFound(request, reply);
    const known = status && BY_STATUS.get(status);
    if (known) return known.with(DETAILS.get(status));
    this.log.error('a request failed', { error: thrown, request_id: request.id, route: request.routeOptions?.url });
    return Internal.with();
  }

  private noted(refusal: Refusal, request: FastifyRequest): Refusal {
    if (refusal.kind !== 'internal') return refusal;
    this.log.error('a service failed', {
      code: refusal.code,
      request_id: request.id,
      route: request.routeOptions?.url,
    });
    return Internal.with();
  }

  private shownPath(request: FastifyRequest): string {
    if (!request.is404) return pathOf(request);
    return this.routes.instanceOf(canonicalPath(request), listenerOf(request)) ?? pathOf(request);
  }

  private notFound(request: FastifyRequest, reply: FastifyReply): Refusal {
    const methods = this.routes.methodsOf(canonicalPath(request), listenerOf(request));
    if (!methods.length) return NotFound.with();
    reply.header('allow', methods.join(', '));
    return MethodNotAllowed.with(`This path answers ${methods.join(', ')}.`);
  }
}
