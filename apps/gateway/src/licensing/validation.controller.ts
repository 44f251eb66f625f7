import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import { ReadRevocations, ValidateLicense, type LicenseValidation, type ValidateLicenseRequest } from '#contracts';
import { Ask } from '../edge/ask.js';
import { sendCacheable } from '../edge/cacheable.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const tag = 'Licensing';
const type = 'text/plain; charset=utf-8';

@Controller('v1/license')
export class ValidationController {
  constructor(private readonly bus: Bus) {}

  @Post('validate')
  @HttpCode(200)
  @Serves(ValidateLicense, { limit: 'validate', docs: { tag } })
  validate(@Input() input: ValidateLicenseRequest, @Ask() ask: SendAs): Promise<LicenseValidation> {
    return this.bus.send(ValidateLicense, input, ask);
  }

  @Get('revocations')
  @Serves(ReadRevocations, { docs: { tag, produces: type } })
  async revocations(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Ask() ask: SendAs): Promise<void> {
    const { list } = await this.bus.send(ReadRevocations, {}, ask);
    sendCacheable(request, reply, list, { type });
  }
}
