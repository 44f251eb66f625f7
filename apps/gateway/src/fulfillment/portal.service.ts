import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import { OpenPortal, type OpenPortalRequest } from '#contracts';
import { askOf } from '../edge/ask.js';
import { portalCookie, portalSessionIn } from '../edge/cookies.rules.js';
import { mayActWithCookies } from '../edge/cross-site.rules.js';
import { CrossSiteRefused } from '../edge/edge.errors.js';
import { OriginsService } from '../edge/origins.service.js';

/** The portal's cookie: set for its own page, and read from its own page. */
@Injectable()
export class PortalService {
  constructor(
    private readonly bus: Bus,
    private readonly origins: OriginsService,
  ) {}

  async open(input: OpenPortalRequest, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.refuseCrossSite(request);
    const { session, expires_at } = await this.bus.send(OpenPortal, input, askOf(request));
    const seconds = Math.round((Date.parse(expires_at) - Date.now()) / 1000);
    reply.header('set-cookie', portalCookie(session, seconds));
  }

  /** The session of a request that may change something. */
  actingSession(request: FastifyRequest): string {
    this.refuseCrossSite(request);
    return portalSessionIn(request.headers.cookie);
  }

  private refuseCrossSite({ headers }: FastifyRequest): void {
    const from = { origin: headers.origin, fetchSite: headers['sec-fetch-site'] as string | undefined };
    if (!mayActWithCookies(from, (origin) => this.origins.allows(origin))) throw CrossSiteRefused.with();
  }
}
