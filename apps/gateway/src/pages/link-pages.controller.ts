import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Route } from '../edge/route.js';
import { sendPage } from '../edge/security-headers.js';
import { LINK_PAGES, linkPage } from './link-pages.js';
import { portalPage } from './portal-page.js';
import { forgotPasswordPage, resetPasswordPage } from './password-pages.js';

/** The pages that mails link to. */
@Controller()
export class LinkPagesController {
  @Get(Object.keys(LINK_PAGES))
  @Route({ permission: 'anyone' })
  link(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendPage(reply, linkPage(LINK_PAGES[request.routeOptions.url!.slice(1)]!));
  }

  @Get('reset-password')
  @Route({ permission: 'anyone' })
  resetPassword(@Res() reply: FastifyReply): void {
    sendPage(reply, resetPasswordPage);
  }

  @Get('portal')
  @Route({ permission: 'anyone' })
  portal(@Res() reply: FastifyReply): void {
    sendPage(reply, portalPage);
  }

  @Get('forgot-password')
  @Route({ permission: 'anyone' })
  forgotPassword(@Res() reply: FastifyReply): void {
    sendPage(reply, forgotPasswordPage);
  }
}
