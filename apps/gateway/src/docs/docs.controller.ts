import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFound } from '#contracts';
import { sendCacheable } from '../edge/cacheable.js';
import { Route } from '../edge/route.js';
import { sendPage } from '../edge/security-headers.js';
import { OpenApiService } from './openapi.service.js';
import { errorsPage, referencePage } from './reference-page.js';

/** The files of Swagger UI that the page needs, and no others. */
const ASSETS: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};
const DAY = 86_400;

const assetsDir = (): string => (createRequire(import.meta.url)('swagger-ui-dist/absolute-path.js') as () => string)();

@Controller()
export class DocsController {
  constructor(private readonly openapi: OpenApiService) {}

  @Get('openapi.json')
  @Route({ permission: 'anyone' })
  document(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendCacheable(request, reply, this.openapi.json());
  }

  @Get('docs')
  @Route({ permission: 'anyone' })
  reference(@Res() reply: FastifyReply): void {
    sendPage(reply, referencePage);
  }

  @Get('docs/errors')
  @Route({ permission: 'anyone' })
  errors(@Res() reply: FastifyReply): void {
    sendPage(reply, errorsPage);
  }

  @Get('docs/assets/:file')
  @Route({ permission: 'anyone' })
  async asset(@Param('file') file: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const type = Object.hasOwn(ASSETS, file) ? ASSETS[file] : undefined;
    if (!type) throw NotFound.with();
    sendCacheable(request, reply, await readFile(join(assetsDir(), file)), { type, maxAge: DAY });
  }
}
