import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Metrics, requestContext, Shutdown } from '#boot';
import { GatewayConfig } from '../gateway.config.js';
import { clientAddress, trustedHops, type TrustsHop } from './client-address.rules.js';
import { allowCors, isPreflight, PREFLIGHT_VARY } from './cors.js';
import { LimitsService } from './limits.service.js';
import { isInternal } from './listeners.js';
import { OriginsService } from './origins.service.js';
import { routeOf } from './route.js';
import { SECURITY_HEADERS } from './security-headers.js';

type Done = (error?: Error) => void;

/** On every answer until a route says otherwise; most answers are about a person (R-SE11). */
const BASE_HEADERS = { ...SECURITY_HEADERS, 'cache-control': 'no-store', vary: 'Origin' };

const TRACEPARENT = /^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

const addresses = new WeakMap<FastifyRequest, string>();

/** The address of the client, as far as our own proxies vouch for it. */
export const addressOf = (request: FastifyRequest): string => addresses.get(request) ?? request.ip;

/** What happens to every request before and after its route: one hook each, because this is the hot path. */
@Injectable()
export class EdgeService {
  private readonly trusts?: TrustsHop;
  private readonly durations = new Map<string, { observe(seconds: number): void }>();

  constructor(
    config: GatewayConfig,
    private readonly origins: OriginsService,
    private readonly limits: LimitsService,
    private readonly metrics: Metrics,
    private readonly shutdown: Shutdown,
  ) {
    this.trusts = trustedHops(config.trustedProxies);
  }

  install(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => this.enter(request, reply, done));
    fastify.addHook('onResponse', (request, reply, done) => this.leave(request, reply, done));
  }

  private enter(request: FastifyRequest, reply: FastifyReply, done: Done): void {
    reply.headers(BASE_HEADERS);
    reply.header('x-request-id', request.id);
    if (isInternal(request.raw)) return this.proceed(request, done);
    const { origin } = request.headers;
    if (origin !== undefined) allowCors(this.origins, origin, request, reply);
    if (isPreflight(request)) return void reply.header('vary', PREFLIGHT_VARY).code(204).send();
    if (this.shutdown.begun) reply.header('connection', 'close');
    this.count(request, reply, done);
  }

  private count(request: FastifyRequest, reply: FastifyReply, done: Done): void {
    const forwarded = request.headers['x-forwarded-for'];
    const address = clientAddress(request.raw.socket.remoteAddress, [forwarded].flat().join(','), this.trusts);
    addresses.set(request, address);
    try {
      const decision = this.limits.check(routeOf(request).limit ?? 'any', address, reply);
      if (!decision) return this.proceed(request, done);
      decision.then(() => this.proceed(request, done), done);
    } catch (error) {
      done(error as Error);
    }
  }

  /** Goes on within the caller's trace, when there is one. */
  private proceed(request: FastifyRequest, done: Done): void {
    const { traceparent } = request.headers;
    if (typeof traceparent !== 'string' || !TRACEPARENT.test(traceparent)) return done();
    requestContext.run({ requestId: request.id, traceparent }, done);
  }

  private leave(request: FastifyRequest, reply: FastifyReply, done: Done): void {
    const route = request.routeOptions?.url ?? 'none';
    const key = `${request.method} ${route} ${reply.statusCode}`;
    let duration = this.durations.get(key);
    if (!duration) {
      duration = this.metrics
        .histogram('gatehouse_http_request_seconds', 'Time to answer a request.', ['method', 'route', 'status'])
        .labels(request.method, route, String(reply.statusCode));
      this.durations.set(key, duration);
    }
    duration.observe(reply.elapsedTime / 1000);
    done();
  }
}
