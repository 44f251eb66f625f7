import { applyDecorators } from '@nestjs/common';
import { RouteConfig, RouteConstraints } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { Command, ErrorSpec, Permission, Type } from '#contracts';
import type { LimitName } from './limit.rules.js';

/** What the OpenAPI document says about a route beyond what its command says. */
export interface RouteDocs {
  summary: string;
  description?: string;
  tag: string;
  /** Class of the JSON body or of the query, when the command's request is not what the client sends. */
  input?: Type;
  /** Members of the input that stand in the query of a route whose body is `raw`. */
  query?: readonly string[];
  /** Headers that say something to this route alone. */
  headers?: readonly string[];
  /** Media types of a `raw` body; default: any. */
  consumes?: readonly string[];
  /** Class of the answer, when it is not the command's. */
  answer?: Type;
  /** Media type of an answer that is no JSON. */
  produces?: string;
  status?: number;
  errors?: readonly ErrorSpec[];
}

/** Everything that the edge has to know about a route before its controller runs. */
export interface RouteOptions {
  /** The command that the route stands for: validation, permission, errors and documentation come from it. */
  command?: Command;
  /** Further commands that its answer takes. They ask for the same permission. */
  also?: readonly Command[];
  /** Default: the command's. */
  permission?: Permission;
  /** A scope with which an application may ask, too; else its person alone may (R-AS9). */
  scope?: string;
  /** Default `any`. */
  limit?: LimitName;
  /** `json` (default); `form`: form or JSON; `form-only`; `raw`: any type, bytes untouched. */
  body?: 'json' | 'form' | 'form-only' | 'raw';
  /** Shape of error answers: RFC 9457 (default) or RFC 6749 §5.2. */
  errors?: 'problem' | 'oauth';
  /** Shown as `instance` instead of the path, because the path holds a secret. */
  instance?: string;
  /** Member of the request that the header `Idempotency-Key` fills when the body does not. */
  idempotencyField?: string;
  /** Of an internal `POST`: the header says nothing here. It makes nothing, and its answer names a person or a state that passes. */
  withoutIdempotency?: true;
  /** Default `public`; routes of internal commands are `internal` by themselves. */
  listener?: 'public' | 'internal';
  docs?: Partial<RouteDocs>;
}

const KEY = 'gatehouse';

const NONE: RouteOptions = {};

/** The options of the route that a request matched; empty when it matched none. */
export const routeOf = (request: FastifyRequest): RouteOptions => optionsIn(request.routeOptions?.config);

/** The options in a Fastify route's config. */
export const optionsIn = (config: unknown): RouteOptions =>
  (config as { [KEY]?: RouteOptions } | undefined)?.[KEY] ?? NONE;

/** Declares what the edge has to know about a route. Every route of the gateway has it. */
export function Route(options: RouteOptions): MethodDecorator {
  const permission = options.permission ?? options.command?.permission;
  if (!permission || permission === 'apps') throw new Error(`${options.command?.name ?? 'a route'} has no permission`);
  const other = options.also?.find((command) => command.permission !== permission);
  if (other) throw new Error(`${other.name} asks for another permission than its route`);
  const listener = options.listener ?? (permission.startsWith('internal:') ? 'internal' : 'public');
  const whole: RouteOptions = { ...options, permission, listener };
  return applyDecorators(
    RouteConfig({ [KEY]: whole }),
    ...(listener === 'internal' ? [RouteConstraints({ listener: 'internal' })] : []),
  );
}

/** A route that stands for one command. */
export const Serves = <Req extends object, Res extends object>(
  command: Command<Req, Res>,
  options: Omit<RouteOptions, 'command'> = {},
): MethodDecorator => Route({ ...options, command: command as unknown as Command });
