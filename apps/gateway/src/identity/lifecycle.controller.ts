import { Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  DeleteAccount,
  Empty,
  ExportPersonalData,
  ListErasures,
  ListErasuresRequest,
  UndoDeletion,
  UndoDeletionRequest,
  type ErasureList,
  type PersonalDataFile,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { BodyMembers, Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { LifecycleService } from './lifecycle.service.js';

const tag = 'Account';
const DELETION =
  'JSON body `{ "password": "…" }`, or none within five minutes of a sign-in. Every session, device and grant ends at ' +
  'once; the account can be opened again with the mailed link until it is erased.';

@Controller('v1')
export class LifecycleController {
  constructor(
    private readonly bus: Bus,
    private readonly lifecycle: LifecycleService,
  ) {}

  @Delete('auth/account')
  @HttpCode(204)
  @Serves(DeleteAccount, { docs: { tag, input: Empty, answer: Empty, status: 204, description: DELETION } })
  delete(
    @BodyMembers() body: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    return this.lifecycle.delete(body, request, reply);
  }

  @Post('auth/account/undo')
  @HttpCode(204)
  @Serves(UndoDeletion, { limit: 'verify', docs: { tag, status: 204 } })
  async undo(@Input() input: UndoDeletionRequest, @Ask() ask: SendAs): Promise<void> {
    await this.bus.send(UndoDeletion, input, ask);
  }

  @Get('auth/export')
  @Serves(ExportPersonalData, { docs: { tag } })
  export(@Ask() ask: SendAs, @Res({ passthrough: true }) reply: FastifyReply): Promise<PersonalDataFile> {
    return this.lifecycle.export(ask, reply);
  }

  @Get('admin/erasures')
  @Serves(ListErasures, { docs: { tag: 'Administration' } })
  erasures(@Input() input: ListErasuresRequest, @Ask() ask: SendAs): Promise<ErasureList> {
    return this.bus.send(ListErasures, input, ask);
  }
}
