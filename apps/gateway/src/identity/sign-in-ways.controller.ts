import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROVIDERS } from '#contracts';
import { Body } from '../edge/input.js';
import { Route } from '../edge/route.js';
import { ArrivalQuery, PasskeyForm, SecondPasskeyForm, SignInQuery } from './authorization.rules.js';
import { PasskeyPagesService } from './passkey-pages.service.js';
import { ProviderPagesService } from './provider-pages.service.js';

const docs = { tag: 'Pages', produces: 'text/html' };
const form = { permission: 'anyone', limit: 'login', body: 'form-only' } as const;

/** The ways to sign in at our pages that need no password. */
@Controller('signin')
export class SignInWaysController {
  constructor(
    private readonly providers: ProviderPagesService,
    private readonly passkeys: PasskeyPagesService,
  ) {}

  @Get(PROVIDERS.map((provider) => `with/${provider}`))
  @Route({
    ...{ permission: 'anyone', limit: 'login' },
    docs: { ...docs, summary: 'Sends the browser to a provider.', input: SignInQuery, status: 302 },
  })
  leave(
    @Body(SignInQuery) query: SignInQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.providers.leave(query, request, reply);
  }

  @Get('done')
  @Route({
    permission: 'anyone',
    docs: { ...docs, summary: 'Where a provider’s callback leads.', input: ArrivalQuery, status: 303 },
  })
  arrive(
    @Body(ArrivalQuery) query: ArrivalQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.providers.arrive(query, request, reply);
  }

  @Post('passkey')
  @Route({ ...form, docs: { ...docs, summary: 'Signs in with a passkey.', input: PasskeyForm, status: 303 } })
  enter(
    @Body(PasskeyForm) form: PasskeyForm,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.passkeys.enter(form, request, reply);
  }

  @Post('code/passkey')
  @Route({
    ...form,
    docs: { ...docs, summary: 'Ends a sign-in with a passkey.', input: SecondPasskeyForm, status: 303 },
  })
  confirm(
    @Body(SecondPasskeyForm) form: SecondPasskeyForm,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.passkeys.confirm(form, request, reply);
  }
}
