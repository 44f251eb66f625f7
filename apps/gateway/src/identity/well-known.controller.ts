import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendCacheable } from '../edge/cacheable.js';
import { Route } from '../edge/route.js';
import { WellKnownService } from './well-known.service.js';

const docs = { tag: 'OAuth' };
const METADATA = 'Endpoints and grants of this issuer (RFC 8414).';

@Controller('.well-known')
export class WellKnownController {
  constructor(private readonly wellKnown: WellKnownService) {}

  @Get('jwks.json')
  @Route({ permission: 'anyone', docs: { ...docs, summary: 'Public keys of access and ID tokens (RFC 7517).' } })
  async jwks(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendCacheable(request, reply, await this.wellKnown.jwks());
  }

  @Get(['openid-configuration', 'oauth-authorization-server'])
  @Route({ permission: 'anyone', docs: { ...docs, summary: METADATA } })
  metadata(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendCacheable(request, reply, this.wellKnown.metadata());
  }
}
