import { Controller, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  AccessDenied,
  AuthorizationPending,
  ClientAuthenticationFailed,
  ExpiredToken,
  Empty,
  GrantNotAllowed,
  InvalidCredentials,
  InvalidGrant,
  RefreshSession,
  RevokeToken,
  SlowDown,
  UnknownClient,
} from '#contracts';
import { Body } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { OAuthTokens, RevokeForm, TokenForm } from './oauth.rules.js';
import { OAuthService } from './oauth.service.js';

const tag = 'OAuth';
const oauth = { body: 'form-only', errors: 'oauth', limit: 'token' } as const;
const TOKEN =
  'RFC 6749: the grants `authorization_code` (with PKCE), `urn:ietf:params:oauth:grant-type:device_code` (RFC 8628), ' +
  '`refresh_token`, `password` (where the client’s policy lists it) and, for internal callers, `client_credentials`. Public clients authenticate with `none`: they send their ' +
  '`client_id` in the form; confidential ones show their secret.';
const errors = [
  ...[UnknownClient, ClientAuthenticationFailed, GrantNotAllowed, InvalidGrant, InvalidCredentials],
  ...[AuthorizationPending, SlowDown, AccessDenied, ExpiredToken],
];

@Controller('oauth')
export class OAuthController {
  constructor(private readonly oauth: OAuthService) {}

  @Post('token')
  @HttpCode(200)
  @Header('pragma', 'no-cache')
  @Serves(RefreshSession, {
    ...oauth,
    docs: {
      tag,
      summary: 'Issues tokens (RFC 6749).',
      input: TokenForm,
      answer: OAuthTokens,
      description: TOKEN,
      errors,
    },
  })
  token(
    @Body(TokenForm) form: TokenForm,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OAuthTokens> {
    return this.oauth.token(form, request, reply);
  }

  @Post('revoke')
  @HttpCode(200)
  @Serves(RevokeToken, {
    ...oauth,
    docs: { tag, input: RevokeForm, answer: Empty, summary: 'Revokes a token (RFC 7009).' },
  })
  revoke(@Body(RevokeForm) form: RevokeForm, @Req() request: FastifyRequest): Promise<void> {
    return this.oauth.revoke(form, request);
  }
}
