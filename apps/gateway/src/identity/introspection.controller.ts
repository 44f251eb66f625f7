import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ClientAuthenticationFailed } from '#contracts';
import { Body } from '../edge/input.js';
import { Route } from '../edge/route.js';
import { Introspection, IntrospectionForm } from './introspection.rules.js';
import { IntrospectionService } from './introspection.service.js';

const DESCRIPTION =
  'For servers that are shown tokens and do not verify them themselves. Internal callers learn of tokens for the ' +
  'audiences of their scopes `introspect.<audience>`, confidential clients of their own tokens; to all others every ' +
  'token is inactive.';

@Controller('oauth')
export class IntrospectionController {
  constructor(private readonly introspection: IntrospectionService) {}

  @Post('introspect')
  @HttpCode(200)
  @Route({
    ...{ permission: 'anyone', body: 'form-only', errors: 'oauth' },
    docs: {
      tag: 'OAuth',
      summary: 'Says whether a token is good, and for whom (RFC 7662).',
      description: DESCRIPTION,
      input: IntrospectionForm,
      answer: Introspection,
      errors: [ClientAuthenticationFailed],
    },
  })
  introspect(@Body(IntrospectionForm) form: IntrospectionForm, @Req() request: FastifyRequest): Promise<Introspection> {
    return this.introspection.introspect(form, request);
  }
}
