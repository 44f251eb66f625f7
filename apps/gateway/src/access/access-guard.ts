import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessTokenVerifier, actorOf } from '#access-tokens';
import {
  ACR,
  Forbidden,
  InsufficientUserAuthentication,
  NotWhileImpersonating,
  Unauthenticated,
  type CallerActor,
  type Command,
  type PermissionName,
  type UserActor,
} from '#contracts';
import { GatewayConfig } from '../gateway.config.js';
import { setActor } from '../edge/ask.js';
import { routeOf } from '../edge/route.js';
import { InternalCallersService } from './internal-callers.service.js';
import { RoleTable } from './role-table.service.js';

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

/** R-AD2. Who has no second factor yet can set one up, for that is no command of staff. */
function demandSecondFactor(actor: UserActor): void {
  if (actor.amr.includes('mfa')) return;
  throw InsufficientUserAuthentication.with({
    detail: 'Sign in with a second factor: this is for staff.',
    members: { acr_values: ACR.multiple },
  });
}

/** What is left to the person alone. Whatever does not say that staff may, is (R-AD3). */
function refuseImpersonation(actor: UserActor, command: Command | undefined): void {
  if (actor.impersonator_id === undefined || command?.impersonation === 'allowed') return;
  throw NotWhileImpersonating.with();
}

/** Refuses whoever may not ask for a route's command; the permission stands on the command (E-guard). */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly callers: InternalCallersService,
    private readonly roles: RoleTable,
    private readonly config: GatewayConfig,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { permission = 'apps', command } = routeOf(request);
    if (permission === 'anyone') return true;
    const [kind, name = ''] = permission.split(':');
    if (kind === 'user') return this.user(request, command);
    if (kind === 'admin') return this.staff(request, command, (roles) => roles.includes(ADMIN_ROLE));
    if (kind === 'permission')
      return this.staff(request, command, (roles) => this.roles.permits(roles, name as PermissionName));
    if (kind === 'internal') return this.caller(request, permission.slice('internal:'.length));
    throw Forbidden.with();
  }

  private async person(request: FastifyRequest): Promise<UserActor> {
    const token = bearerOf(request);
    if (token === undefined) throw Unauthenticated.with();
    return actorOf(await this.verifier.verify(token, routeOf(request).scope));
  }

  private async user(request: FastifyRequest, command: Command | undefined): Promise<boolean> {
    const actor = await this.person(request);
    refuseImpersonation(actor, command);
    demandFresh(actor, command?.freshAuth);
    return this.admit(request, actor);
  }

  /** Somebody whose roles say so. Nobody learns what to sign in again for who may not do it anyway. */
  private async staff(
    request: FastifyRequest,
    command: Command | undefined,
    may: (roles: string[]) => boolean,
  ): Promise<boolean> {
    const actor = await this.person(request);
    refuseImpersonation(actor, command);
    if (!may(actor.roles)) throw Forbidden.with();
    if (this.config.staffSecondFactor) demandSecondFactor(actor);
    demandFresh(actor, command?.freshAuth);
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
