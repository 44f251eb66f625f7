import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KeyCache } from '#access-tokens';
import { Watches } from '#bus';
import { CertificatePublished } from '#contracts';
import { sendCacheable } from '../edge/cacheable.js';
import { Route } from '../edge/route.js';
import { LicenseKeys, licenseKeysOf } from './license-keys.rules.js';

const summary = 'Public keys of license blobs and license tokens, to embed in an app that checks them offline.';

@Controller('v1/license')
export class LicenseKeysController {
  constructor(private readonly keys: KeyCache) {}

  @Get('keys')
  @Route({ permission: 'anyone', docs: { tag: 'Licensing', summary, answer: LicenseKeys } })
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendCacheable(request, reply, licenseKeysOf(await this.keys.all()));
  }

  @Watches(CertificatePublished)
  certified(): void {
    void this.keys.follow();
  }
}
