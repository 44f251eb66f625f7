import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { SendAs } from '#bus';
import type { Actor } from '#contracts';
import { deviceIn } from './cookies.rules.js';
import { addressOf } from './edge.service.js';

const actors = new WeakMap<FastifyRequest, Actor>();

/** Notes who was found to be behind a request. */
export const setActor = (request: FastifyRequest, actor: Actor): void => void actors.set(request, actor);

export const actorBehind = (request: FastifyRequest): Actor | undefined => actors.get(request);

const MAX_USER_AGENT = 512;
const MAX_DEVICE_TOKEN = 256;

/** On whose behalf a request's commands are sent. */
export function askOf(request: FastifyRequest): SendAs {
  const agent = request.headers['user-agent'];
  const device = deviceOf(request);
  return {
    actor: actors.get(request),
    origin: { ip: addressOf(request), user_agent: agent?.slice(0, MAX_USER_AGENT), ...(device ? { device } : {}) },
    requestId: request.id,
  };
}

/** The token of a device that has signed in before, from its cookie or, of clients without cookies, a header. */
function deviceOf({ headers }: FastifyRequest): string | undefined {
  const sent = headers['x-device-token'];
  return typeof sent === 'string' ? sent.slice(0, MAX_DEVICE_TOKEN) : deviceIn(headers.cookie);
}

/** The asker of a request: actor, address, user agent and request id. */
export const Ask = createParamDecorator((_: undefined, context: ExecutionContext) =>
  askOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
