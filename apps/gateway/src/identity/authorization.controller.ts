import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthorizationParameters, BeginAuthorization, DecideAuthorization, ResumeAuthorization } from '#contracts';
import { Body } from '../edge/input.js';
import { Route, Serves } from '../edge/route.js';
import { ConsentForm, RequestQuery } from './authorization.rules.js';
import { AuthorizationService } from './authorization.service.js';

const docs = { tag: 'OAuth', produces: 'text/html', status: 303 };
const AUTHORIZE =
  'RFC 6749 §4.1, OpenID Connect Core §3.1: the browser comes back to `redirect_uri` with `code`, `state` and `iss`, or ' +
  'with `error`. PKCE with S256 is required. A client or an address that is not known is answered here, with a page.';
const oauth = { errors: 'oauth' } as const;

/** The pages between an application that asks and the code that it gets. */
@Controller()
export class AuthorizationController {
  constructor(private readonly authorization: AuthorizationService) {}

  @Get('oauth/authorize')
  @Serves(BeginAuthorization, { ...oauth, docs: { ...docs, input: AuthorizationParameters, description: AUTHORIZE } })
  begin(
    @Body(AuthorizationParameters) parameters: AuthorizationParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.authorization.begin(parameters, request, reply);
  }

  @Post('oauth/authorize')
  @Serves(BeginAuthorization, {
    ...{ ...oauth, body: 'form-only' },
    docs: { ...docs, input: AuthorizationParameters, description: AUTHORIZE },
  })
  defer(
    @Body(AuthorizationParameters) parameters: AuthorizationParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.authorization.defer(parameters, request, reply);
  }

  @Get('oauth/continue')
  @Serves(ResumeAuthorization, { docs: { ...docs, input: RequestQuery } })
  resume(
    @Body(RequestQuery) query: RequestQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.authorization.resume(query.request, request, reply);
  }

  @Get('consent')
  @Route({ permission: 'anyone', docs: { tag: 'Pages', produces: 'text/html', summary: 'Asks for consent.' } })
  ask(
    @Body(RequestQuery) query: RequestQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.authorization.ask(query.request, request, reply);
  }

  @Post('consent')
  @Serves(DecideAuthorization, { body: 'form-only', docs: { ...docs, tag: 'Pages', input: ConsentForm } })
  decide(
    @Body(ConsentForm) form: ConsentForm,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.authorization.decide(form, request, reply);
  }
}
