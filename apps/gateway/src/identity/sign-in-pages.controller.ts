import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Body } from '../edge/input.js';
import { Route } from '../edge/route.js';
import { SecondFactorForm, SignInForm, SignInQuery } from './authorization.rules.js';
import { SignInPagesService } from './sign-in-pages.service.js';

const docs = { tag: 'Pages', produces: 'text/html' };

@Controller('signin')
export class SignInPagesController {
  constructor(private readonly pages: SignInPagesService) {}

  @Get()
  @Route({ permission: 'anyone', docs: { ...docs, summary: 'The page to sign in at.', input: SignInQuery } })
  show(
    @Body(SignInQuery) query: SignInQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.pages.show(query, request, reply);
  }

  @Post()
  @Route({
    ...{ permission: 'anyone', limit: 'login', body: 'form-only' },
    docs: { ...docs, summary: 'Signs in at this browser.', input: SignInForm, status: 303 },
  })
  enter(@Body(SignInForm) form: SignInForm, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pages.enter(form, request, reply);
  }

  @Post('code')
  @Route({
    ...{ permission: 'anyone', limit: 'login', body: 'form-only' },
    docs: { ...docs, summary: 'Ends a sign-in that asked for a second factor.', input: SecondFactorForm, status: 303 },
  })
  confirm(
    @Body(SecondFactorForm) form: SecondFactorForm,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.pages.confirm(form, request, reply);
  }
}
