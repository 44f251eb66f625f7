import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import { ClientAuthenticationFailed, SecretText, StartDevice, Text, type DeviceAuthorization } from '#contracts';
import { askOf } from '../edge/ask.js';
import { Body } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { OAuthClients } from './oauth-clients.service.js';

/** Seconds the codes live (R-DF1: at most ten minutes). */
const LIFETIME = 600;

/** The form of `/oauth/device_authorization` (RFC 8628 §3.1). */
export class DeviceAuthorizationForm {
  @Text({ optional: true, max: 64, description: 'Required of clients that do not authenticate.' }) client_id?: string;
  @SecretText({ optional: true, min: 0, max: 1024 }) client_secret?: string;
  @Text({ optional: true, min: 0, max: 4096, description: 'Not used: an approved device acts for its person.' })
  scope?: string;
}

const DESCRIPTION =
  'The device authorization grant in the shape of its RFC. Poll `/oauth/token` with the grant type ' +
  '`urn:ietf:params:oauth:grant-type:device_code`. `POST /v1/auth/device/start` does the same and can name the copy.';

@Controller('oauth')
export class DeviceAuthorizationController {
  constructor(
    private readonly bus: Bus,
    private readonly clients: OAuthClients,
  ) {}

  @Post('device_authorization')
  @HttpCode(200)
  @Serves(StartDevice, {
    ...{ body: 'form-only', errors: 'oauth', limit: 'device_start' },
    docs: {
      tag: 'OAuth',
      summary: 'Begins a sign-in on a device (RFC 8628).',
      description: DESCRIPTION,
      input: DeviceAuthorizationForm,
      errors: [ClientAuthenticationFailed],
    },
  })
  async start(
    @Body(DeviceAuthorizationForm) form: DeviceAuthorizationForm,
    @Req() request: FastifyRequest,
  ): Promise<DeviceAuthorization> {
    const client_id = await this.clients.required(request, form);
    return this.bus.send(StartDevice, { client_id, lifetime: LIFETIME }, askOf(request));
  }
}
