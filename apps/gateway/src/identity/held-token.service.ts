import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ClientPolicyCache } from '#access-tokens';
import type { ClientPolicy } from '#contracts';
import { cookieName, readCookies } from '../edge/cookies.rules.js';
import { mayActWithCookies } from '../edge/cross-site.rules.js';
import { CrossSiteRefused } from '../edge/edge.errors.js';
import { OriginsService } from '../edge/origins.service.js';

/** A refresh token that came with a request, and how. */
export interface HeldToken {
  token: string;
  /** The client whose cookie it was in; absent when it was in the body. */
  cookieOf?: ClientPolicy;
}

/** Finds the refresh token of a request: the cookie first, then the body where the client may (B-cookie.fallback). */
@Injectable()
export class HeldTokenService {
  constructor(
    private readonly clients: ClientPolicyCache,
    private readonly origins: OriginsService,
  ) {}

  /** @throws Refusal `cross_site_refused` when a foreign page made the browser send the cookie (R-SE8) */
  find(request: FastifyRequest, body: { refresh_token?: string; client_id?: string }): HeldToken | undefined {
    const inCookie = this.inCookie(request, body.client_id);
    if (inCookie) return inCookie;
    if (body.refresh_token === undefined || !this.mayUseBody(body.client_id)) return undefined;
    return { token: body.refresh_token };
  }

  /** Whether tokens of this client count when they come in a body; a client that is not known yet is left open. */
  mayUseBody(clientId: string | undefined): boolean {
    const policy = clientId === undefined ? undefined : this.clients.find(clientId);
    if (!policy || policy.delivery === 'body') return true;
    return policy.delivery === 'cookie' && policy.body_fallback === 'on';
  }

  private inCookie(request: FastifyRequest, clientId: string | undefined): HeldToken | undefined {
    if (request.headers.cookie === undefined) return undefined;
    const cookies = readCookies(request.headers.cookie);
    const present = this.clients
      .all()
      .filter((p) => p.delivery === 'cookie' && (clientId === undefined || p.client_id === clientId))
      .filter((p) => cookies.get(cookieName(p)));
    if (!present.length) return undefined;
    const from = { origin: request.headers.origin, fetchSite: request.headers['sec-fetch-site'] as string | undefined };
    // Of several the one counts whose own page asks.
    const policy = present.find((p) => mayActWithCookies(from, (o) => this.origins.allowsFor(o, p.client_id)));
    if (!policy) throw CrossSiteRefused.with();
    return { token: cookies.get(cookieName(policy))!, cookieOf: policy };
  }
}
