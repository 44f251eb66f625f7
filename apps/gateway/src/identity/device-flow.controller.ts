import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  DecideDevice,
  DecideDeviceRequest,
  InstallationClaim,
  Nested,
  PollDevice,
  PollDeviceRequest,
  ReadDevice,
  ReadDeviceRequest,
  StartDevice,
  Text,
  TokenSet,
  type DeviceAuthorization,
  type MfaChallenge,
  type PendingDevice,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Body, Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { SignInService } from './sign-in.service.js';

const docs = { tag: 'Devices' };

export class StartDeviceBody {
  @Text({ optional: true, max: 64, description: 'Default: `X-Client-Id`, else the default client.' })
  client_id?: string;
  @Nested(() => InstallationClaim, { optional: true, description: 'The copy that asks, as its person will see it.' })
  installation?: InstallationClaim;
}

/** Signing in on a device that has no browser, in Gatehouse's own shape. */
@Controller('v1/auth/device')
export class DeviceFlowController {
  constructor(
    private readonly bus: Bus,
    private readonly signIn: SignInService,
  ) {}

  @Post('start')
  @HttpCode(200)
  @Serves(StartDevice, { limit: 'device_start', docs: { ...docs, input: StartDeviceBody } })
  start(@Body(StartDeviceBody) body: StartDeviceBody, @Ask() ask: SendAs): Promise<DeviceAuthorization> {
    return this.bus.send(StartDevice, body, ask);
  }

  @Post('poll')
  @HttpCode(200)
  @Serves(PollDevice, { limit: 'token', docs: { ...docs, answer: TokenSet } })
  poll(
    @Input() input: PollDeviceRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenSet | MfaChallenge> {
    return this.signIn.signIn(PollDevice, input, request, reply);
  }

  @Get('requests/:user_code')
  @Serves(ReadDevice, { instance: '/v1/auth/device/requests', docs })
  read(@Input() input: ReadDeviceRequest, @Ask() ask: SendAs): Promise<PendingDevice> {
    return this.bus.send(ReadDevice, input, ask);
  }

  @Post('approve')
  @HttpCode(204)
  @Serves(DecideDevice, { docs: { ...docs, status: 204 } })
  async decide(@Input() input: DecideDeviceRequest, @Ask() ask: SendAs): Promise<void> {
    await this.bus.send(DecideDevice, input, ask);
  }
}
