import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import {
  Empty,
  ListPortalLicenses,
  OpenPortal,
  OpenPortalRequest,
  RenewPortalLicense,
  RequestPortalLink,
  RequestPortalLinkRequest,
  ResendPortalLicense,
  type PortalLicenses,
  type RenewedLicense,
} from '#contracts';
import { askOf } from '../edge/ask.js';
import { portalSessionIn } from '../edge/cookies.rules.js';
import { CrossSiteRefused } from '../edge/edge.errors.js';
import { Body, Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { PortalLicensePath } from './portal-license-path.js';
import { PortalService } from './portal.service.js';

const tag = 'Portal';
const LINK =
  'Always 202, after the same time, whether or not anything was sold to the address. The mail has a link that works ' +
  'once, for half an hour; one address gets at most five an hour.';
const OPEN =
  'Takes the token from the fragment of the mailed link and sets the portal’s cookie for half an hour. Opening the link ' +
  'spends nothing; this does.';
const RENEW =
  'With a right to renew, by an order that paid or by the tier’s policy: the license with its new file. Else 402 with ' +
  '`checkout_url`. Days that are left are kept. Pressed twice: the same file.';

/** What a buyer can do without an account. */
@Controller('v1/portal')
export class PortalController {
  constructor(
    private readonly bus: Bus,
    private readonly portal: PortalService,
  ) {}

  @Post('links')
  @HttpCode(202)
  @Serves(RequestPortalLink, { limit: 'portal_link', docs: { tag, status: 202, description: LINK } })
  link(@Input() input: RequestPortalLinkRequest, @Req() request: FastifyRequest): Promise<Empty> {
    return this.bus.send(RequestPortalLink, input, askOf(request));
  }

  @Post('session')
  @HttpCode(204)
  @Serves(OpenPortal, {
    limit: 'token',
    docs: { tag, status: 204, description: OPEN, answer: Empty, errors: [CrossSiteRefused] },
  })
  open(
    @Input() input: OpenPortalRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    return this.portal.open(input, request, reply);
  }

  @Get('licenses')
  @Serves(ListPortalLicenses, { docs: { tag, input: Empty } })
  list(@Req() request: FastifyRequest): Promise<PortalLicenses> {
    const session = portalSessionIn(request.headers.cookie);
    return this.bus.send(ListPortalLicenses, { session }, askOf(request));
  }

  @Post('licenses/:key/resend')
  @HttpCode(202)
  @Serves(ResendPortalLicense, { docs: { tag, status: 202, input: Empty, errors: [CrossSiteRefused] } })
  resend(@Body(PortalLicensePath) { key }: PortalLicensePath, @Req() request: FastifyRequest): Promise<Empty> {
    const input = { session: this.portal.actingSession(request), license_key: key };
    return this.bus.send(ResendPortalLicense, input, askOf(request));
  }

  @Post('licenses/:key/renew')
  @HttpCode(200)
  @Serves(RenewPortalLicense, { docs: { tag, description: RENEW, input: Empty, errors: [CrossSiteRefused] } })
  renew(@Body(PortalLicensePath) { key }: PortalLicensePath, @Req() request: FastifyRequest): Promise<RenewedLicense> {
    const input = { session: this.portal.actingSession(request), license_key: key };
    return this.bus.send(RenewPortalLicense, input, askOf(request));
  }
}
