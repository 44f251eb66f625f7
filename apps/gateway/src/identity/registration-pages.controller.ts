import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Body } from '../edge/input.js';
import { Route } from '../edge/route.js';
import { RegistrationForm, SignInQuery } from './authorization.rules.js';
import { RegistrationPagesService } from './registration-pages.service.js';

const docs = { tag: 'Pages', produces: 'text/html' };

@Controller('signin/new')
export class RegistrationPagesController {
  constructor(private readonly pages: RegistrationPagesService) {}

  @Get()
  @Route({ permission: 'anyone', docs: { ...docs, summary: 'The page to make an account at.', input: SignInQuery } })
  show(
    @Body(SignInQuery) query: SignInQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.pages.show(query, request, reply);
  }

  @Post()
  @Route({
    ...{ permission: 'anyone', limit: 'register', body: 'form-only' },
    docs: {
      ...docs,
      summary: 'Makes an account and signs it in at this browser.',
      input: RegistrationForm,
      status: 303,
    },
  })
  make(
    @Body(RegistrationForm) form: RegistrationForm,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.pages.make(form, request, reply);
  }
}
