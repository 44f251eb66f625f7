import { Controller, Get, Header, Post } from '@nestjs/common';
import { Gone } from '#contracts';
import { Route } from '../edge/route.js';

const docs = { tag: 'Licensing', summary: 'Gone; use /v1/license/me.', status: 410, errors: [Gone] };

/** Endpoints of a retired system that shipped apps still call (A-legacy). */
@Controller('v1')
export class GoneController {
  @Get(['entitlements', 'license/status'])
  @Header('link', '</v1/license/me>; rel="successor-version"')
  @Route({ permission: 'anyone', docs })
  read(): never {
    throw Gone.with('Use GET /v1/license/me.');
  }

  @Post(['entitlements', 'license/status'])
  @Header('link', '</v1/license/me>; rel="successor-version"')
  @Route({ permission: 'anyone', docs })
  write(): never {
    throw Gone.with('Use GET /v1/license/me.');
  }
}
