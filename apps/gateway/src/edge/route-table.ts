import type { FastifyInstance, RouteOptions as FastifyRoute } from 'fastify';
import { optionsIn, type RouteOptions } from './route.js';

export interface KnownRoute {
  method: string;
  /** With parameters as `:name`. */
  path: string;
  options: RouteOptions;
  pattern: RegExp;
}

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/[.+]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`);

/** Every route of the gateway, noted as it is registered: for `Allow`, the reference and the tests. */
export class RouteTable {
  readonly routes: KnownRoute[] = [];

  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRoute', (route) => this.note(route));
  }

  /** Methods that `path` answers on that listener; empty when there is no such path. */
  methodsOf(path: string, listener: 'public' | 'internal'): string[] {
    return [...new Set(this.at(path, listener).map((r) => r.method))].sort();
  }

  /** What stands for a path that holds a secret, also when it is asked by a wrong method. */
  instanceOf(path: string, listener: 'public' | 'internal'): string | undefined {
    return this.at(path, listener).find((r) => r.options.instance)?.options.instance;
  }

  private at(path: string, listener: 'public' | 'internal'): KnownRoute[] {
    return this.routes.filter((r) => r.options.listener === listener && r.pattern.test(path));
  }

  private note(route: FastifyRoute): void {
    const options = optionsIn(route.config);
    const pattern = patternOf(route.url);
    for (const method of [route.method].flat()) this.routes.push({ method, path: route.url, options, pattern });
  }
}
