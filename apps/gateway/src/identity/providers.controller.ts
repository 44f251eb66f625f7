import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  Empty,
  FinishProvider,
  InsufficientUserAuthentication,
  ListProviders,
  MfaChallenge,
  PROVIDERS,
  StartProvider,
  Unauthenticated,
  type ConfiguredProviders,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Body, Input } from '../edge/input.js';
import { Route, Serves } from '../edge/route.js';
import { StartQuery } from './providers.rules.js';
import { ProvidersService } from './providers.service.js';

const tag = 'Providers';
const STARTS =
  'Sends the browser to the provider. With a bearer token the identity is linked to the caller’s account; pages, which ' +
  'cannot navigate with one, ask `POST /v1/auth/identities/{provider}/start`.';
const ENDS =
  'Where the provider sends the browser back. It goes on to the client’s frontend with `user_id` and `is_new_user`, the ' +
  'refresh cookie set; with `mfa_required=true` when a second factor is asked for at `POST /v1/auth/mfa/pending`; or with ' +
  '`error`: state_invalid, access_denied, provider_failed, not_registered, email_taken, identity_taken, sign_in_refused, ' +
  'temporarily_unavailable.';
const start = {
  ...{ tag, input: StartQuery, answer: Empty, status: 302, description: STARTS },
  errors: [InsufficientUserAuthentication],
};

@Controller('v1/auth')
export class ProvidersController {
  constructor(
    private readonly bus: Bus,
    private readonly providers: ProvidersService,
  ) {}

  @Get('providers')
  @Serves(ListProviders, { docs: { tag } })
  list(@Input() input: Empty, @Ask() ask: SendAs): Promise<ConfiguredProviders> {
    return this.bus.send(ListProviders, input, ask);
  }

  @Get([...PROVIDERS])
  @Serves(StartProvider, { limit: 'login', docs: start })
  start(
    @Body(StartQuery) query: StartQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.providers.start(query, request, reply);
  }

  @Get(PROVIDERS.map((provider) => `${provider}/callback`))
  @Serves(FinishProvider, {
    limit: 'login',
    docs: { tag, input: Empty, answer: Empty, status: 302, description: ENDS },
  })
  finish(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.providers.finish(request, reply);
  }

  @Post('mfa/pending')
  @HttpCode(200)
  @Route({
    permission: 'anyone',
    limit: 'login',
    docs: {
      tag,
      summary: 'The question for a second factor that a provider’s callback left in this browser; once.',
      answer: MfaChallenge,
      errors: [Unauthenticated],
    },
  })
  pending(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): MfaChallenge {
    return this.providers.pending(request, reply);
  }
}
