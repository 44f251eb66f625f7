import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { clientAddress, trustedHops, type TrustsHop } from '../edge/client-address.rules.js';
import { mayActWithCookies } from '../edge/cross-site.rules.js';
import { CrossSiteRefused } from '../edge/edge.errors.js';
import { LimitsService, type HeaderSink } from '../edge/limits.service.js';
import { OriginsService } from '../edge/origins.service.js';
import { GatewayConfig } from '../gateway.config.js';

/** What an upgrade request has to pass before its token is looked at. */
@Injectable()
export class SocketAdmission {
  private readonly trusts?: TrustsHop;

  constructor(
    config: GatewayConfig,
    private readonly limits: LimitsService,
    private readonly origins: OriginsService,
  ) {
    this.trusts = trustedHops(config.trustedProxies);
  }

  /**
   * @returns the client's address
   * @throws Refusal `rate_limited`; `cross_site_refused` when a foreign page's request carries cookies (RT1)
   */
  async check(request: IncomingMessage, sink: HeaderSink): Promise<string> {
    const forwarded = request.headers['x-forwarded-for'];
    const address = clientAddress(request.socket.remoteAddress, [forwarded].flat().join(','), this.trusts);
    await this.limits.check('any', address, sink);
    const from = { origin: request.headers.origin };
    if (request.headers.cookie !== undefined && !mayActWithCookies(from, (o) => this.origins.allows(o))) {
      throw CrossSiteRefused.with();
    }
    return address;
  }
}
