import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';

const INTERNAL = Symbol('internal listener');

type Constraint = NonNullable<NonNullable<FastifyServerOptions['routerOptions']>['constraints']>[string];
type Handler = Parameters<ReturnType<Constraint['storage']>['set']>[1];

type Marked = IncomingMessage & { [INTERNAL]?: true };

/** Whether a request came in by the internal listener. */
export const isInternal = (request: IncomingMessage): boolean => (request as Marked)[INTERNAL] === true;

/**
 * Routes with the constraint `{ listener: 'internal' }` exist on the internal listener only, and that listener has no
 * others. It is the router that decides, after decoding the path, so no spelling of a path gets around it.
 */
export const listenerConstraint: Constraint = {
  name: 'listener',
  mustMatchWhenDerived: true,
  storage: () => {
    const routes = new Map<string, Handler>();
    return {
      get: (listener: string) => routes.get(listener) ?? null,
      set: (listener: string, route: Handler) => void routes.set(listener, route),
    };
  },
  // Undefined, whatever the types say, is how the router is told that there is nothing to match.
  deriveConstraint: (request: IncomingMessage) => (isInternal(request) ? 'internal' : undefined) as string,
};

/** Longer than whoever stands in front keeps a connection: none is closed while a request is on its way on it. */
export const KEEP_ALIVE_MS = 65_000;

/** A second HTTP server in front of the same routes, whose requests are marked as internal. */
export function internalServer(fastify: FastifyInstance): Server {
  return createServer({ requestTimeout: 60_000, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    (request as Marked)[INTERNAL] = true;
    fastify.routing(request, response);
  });
}

/** Listens, or rejects with the system's error. */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
