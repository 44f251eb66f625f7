import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessTokenVerifier, actorOf } from '#access-tokens';
import {
  Forbidden,
  InsufficientUserAuthentication,
  Unauthenticated,
  type CallerActor,
  type UserActor,
} from '#contracts';
import { setActor } from '../edge/ask.js';
import { routeOf } from '../edge/route.js';
import { InternalCallersService } from './internal-callers.service.js';

export const ADMIN_ROLE = 'admin';

const BEARER = /^Bearer +([^\s,]+) *$/i;

/** The token in `Authorization: Bearer …`. */
export const bearerOf = (request: FastifyRequest): string | undefined =>
  BEARER.exec(request.headers.authorization ?? '')?.[1];

/** Step-up: what a person may do only shortly after showing a credential (RFC 9470, R-SE7). */
export function demandFresh(actor: UserActor, seconds: number | undefined): void {
  if (seconds === undefined || Date.now() / 1_000 - actor.auth_time <= seconds) return;
  throw InsufficientUserAuthentication.with({
    detail: `Sign in again: this needs a sign-in that is at most ${seconds / 60} minutes old.`,
    members: { max_age: seconds },
  });
}

/** Refuses whoever may not ask for a route's command; the permission stands on the command (E-guard). */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly callers: InternalCallersService,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { permission = 'apps', command } = routeOf(request);
    if (permission === 'anyone') return true;
    if (permission === 'user') return this.user(request, command?.freshAuth);
    if (permission === 'admin') return this.admin(request, command?.freshAuth);
    if (permission.startsWith('internal:')) return this.caller(request, permission.slice('internal:'.length));
    throw Forbidden.with();
  }

  private async person(request: FastifyRequest): Promise<UserActor> {
    const token = bearerOf(request);
    if (token === undefined) throw Unauthenticated.with();
    return actorOf(await this.verifier.verify(token, routeOf(request).scope));
  }

  private async user(request: FastifyRequest, freshAuth: number | undefined): Promise<boolean> {
    const actor = await this.person(request);
    demandFresh(actor, freshAuth);
    return this.admit(request, actor);
  }

  private async admin(request: FastifyRequest, freshAuth: number | undefined): Promise<boolean> {
    const actor = await this.person(request);
    if (!actor.roles.includes(ADMIN_ROLE)) throw Forbidden.with('Only an admin may do this.');
    demandFresh(actor, freshAuth);
    return this.admit(request, actor);
  }

  private async caller(request: FastifyRequest, scope: string): Promise<boolean> {
    const actor = await this.callers.authenticate(request);
    if (!actor.scopes.includes(scope)) throw Forbidden.with(`The caller ${actor.caller} lacks the scope ${scope}.`);
    return this.admit(request, actor);
  }

  private admit(request: FastifyRequest, actor: UserActor | CallerActor): true {
    setActor(request, actor);
    return true;
  }
}
