import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Route } from '../edge/route.js';
import { sendPage } from '../edge/security-headers.js';
import { startPage } from './pages.js';

@Controller()
export class PagesController {
  @Get()
  @Route({ permission: 'anyone' })
  start(@Res() reply: FastifyReply): void {
    sendPage(reply, startPage);
  }
}
