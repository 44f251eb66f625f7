import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Route } from '../edge/route.js';
import { sendPage } from '../edge/security-headers.js';
import { devicePage } from './device-page.js';

/** Where a device sends its person (RFC 8628 §3.3). */
@Controller()
export class DevicePageController {
  @Get('device')
  @Route({ permission: 'anyone' })
  device(@Res() reply: FastifyReply): void {
    sendPage(reply, devicePage);
  }
}
