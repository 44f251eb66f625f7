import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BootModule, NestLogger, Shutdown, type Log } from '#boot';
import { canonicalUrl } from './edge/aliases.rules.js';
import { readBodies } from './edge/bodies.js';
import { EdgeService } from './edge/edge.service.js';
import { internalServer, KEEP_ALIVE_MS, listen, listenerConstraint } from './edge/listeners.js';
import { Parting } from './edge/parting.js';
import { ProblemFilter } from './edge/problem-filter.js';
import { requestIdOf } from './edge/request-id.rules.js';
import { RouteTable } from './edge/route-table.js';
import { assertSecurityHeaders, SECURITY_HEADERS } from './edge/security-headers.js';
import { answerUnreadable } from './edge/unreadable.js';
import { GatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { SocketsService } from './realtime/sockets.service.js';

/** Longest path parameter: a webhook secret. */
const MAX_PARAM_LENGTH = 512;

class GatewayRoot {}

type FrameworkErrors = (error: Error, request: FastifyRequest, reply: FastifyReply) => void;

/** A running gateway: two listeners in front of the same routes. */
export interface Gateway {
  app: NestFastifyApplication;
  publicPort: number;
  internalPort: number;
  routes: RouteTable;
  close(): Promise<void>;
}

function adapterOf(publicUrl: string, onFrameworkError: FrameworkErrors): FastifyAdapter {
  return new FastifyAdapter({
    skipMiddie: true,
    multipart: false,
    requestIdHeader: false,
    genReqId: (request: IncomingMessage) => requestIdOf(request.headers['x-request-id']),
    rewriteUrl: (request: IncomingMessage) => canonicalUrl(request.url ?? '/'),
    frameworkErrors: onFrameworkError,
    clientErrorHandler: answerUnreadable(publicUrl),
    requestTimeout: 60_000,
    keepAliveTimeout: KEEP_ALIVE_MS,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, constraints: { listener: listenerConstraint } },
  });
}

/** Builds the app without listening. */
async function build(config: GatewayConfig, log?: Log) {
  // The router refuses what it cannot read before any hook runs, so these answers get their headers here.
  const problems: { filter?: ProblemFilter } = {};
  const adapter = adapterOf(config.publicUrl, (error, request, reply) => {
    reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id });
    problems.filter?.answer(error, request, reply);
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  readBodies(fastify);
  const routes = new RouteTable(fastify);
  const module = {
    module: GatewayRoot,
    imports: [BootModule.forApp('gateway', config, log), GatewayModule.with(config, routes)],
  };
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLogger(BootModule.logOf('gateway', config)),
  });
  problems.filter = app.get(ProblemFilter, { strict: false });
  app.get(EdgeService, { strict: false }).install(fastify);
  return { app, fastify, routes };
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/**
 * Starts both listeners.
 * @param log for tests that read what is logged
 */
export async function startGateway(config: GatewayConfig, log?: Log): Promise<Gateway> {
  const { app, fastify, routes } = await build(config, log);
  await app.init();
  await fastify.ready();
  await assertSecurityHeaders(fastify);
  const inside = internalServer(fastify).on('clientError', answerUnreadable(config.publicUrl));
  const shutdown = app.get(Shutdown, { strict: false });
  const partings = { public: new Parting(fastify.server), internal: new Parting(inside) };
  app.get(SocketsService, { strict: false }).attach(fastify.server);
  await app.listen(config.publicPort, config.publicHost);
  await listen(inside, config.internalHost, config.internalPort);
  shutdown.register('http', 'public listener', () => partings.public.end());
  shutdown.register('pools', 'internal listener', () => partings.internal.end());
  const close = async (): Promise<void> => {
    await shutdown.run('closed');
    await app.close();
  };
  return { app, routes, publicPort: portOf(fastify.server), internalPort: portOf(inside), close };
}
