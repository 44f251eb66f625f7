import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Body } from '../edge/input.js';
import { Route } from '../edge/route.js';
import { SignOutForm } from './authorization.rules.js';
import { SignOutService } from './sign-out.service.js';

const SUMMARY = 'Signs out (OpenID Connect RP-Initiated Logout 1.0).';
const DESCRIPTION =
  'With the `id_token_hint` of the person who is signed in at this browser at once, else after the person has said so.';
const docs = { tag: 'OAuth', produces: 'text/html', input: SignOutForm, summary: SUMMARY, description: DESCRIPTION };
const endpoint = { permission: 'anyone', errors: 'oauth', docs } as const;

@Controller('oauth/logout')
export class SignOutController {
  constructor(private readonly signOut: SignOutService) {}

  @Get()
  @Route(endpoint)
  begin(@Body(SignOutForm) form: SignOutForm, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.signOut.begin(form, request, reply);
  }

  @Post()
  @Route({ ...endpoint, body: 'form-only' })
  beginByForm(@Body(SignOutForm) form: SignOutForm, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.signOut.beginByForm(form, request, reply);
  }

  @Post('confirm')
  @Route({ permission: 'anyone', body: 'form-only', docs: { ...docs, tag: 'Pages' } })
  confirm(@Body(SignOutForm) form: SignOutForm, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.signOut.confirm(form, request, reply);
  }
}
