import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  ExtensionTokenInvalid,
  LoginFromExtension,
  SecretText,
  Text,
  TokenSet,
  type ExtensionLoginRequest,
  type MfaChallenge,
} from '#contracts';
import { bearerOf } from '../access/access-guard.js';
import { Body } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { SignInService } from './sign-in.service.js';

const DESCRIPTION =
  'The token comes in `Authorization: Bearer`, else in the body. There is no refresh token: the extension asks again ' +
  'with the next token that Twitch gives it. What needs a fresh sign-in is closed to such a session.';

class ExtensionBody {
  @SecretText({ optional: true, max: 4096, description: 'The JWT that Twitch gave the extension.' }) token?: string;
  @Text({ optional: true, max: 64, description: 'The client, or the extension’s id at Twitch.' }) client_id?: string;
}

@Controller('v1/extension/auth')
export class ExtensionController {
  constructor(private readonly signIn: SignInService) {}

  @Post('login')
  @HttpCode(200)
  @Serves(LoginFromExtension, {
    limit: 'login',
    docs: { tag: 'Signing in', input: ExtensionBody, answer: TokenSet, description: DESCRIPTION },
  })
  login(
    @Body(ExtensionBody) body: ExtensionBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenSet | MfaChallenge> {
    return this.signIn.signIn(LoginFromExtension, tokenOf(body, request), request, reply);
  }
}

/** @throws Refusal `extension_token_invalid` when no token came */
function tokenOf(body: ExtensionBody, request: FastifyRequest): ExtensionLoginRequest {
  const token = bearerOf(request) ?? body.token;
  if (token === undefined) throw ExtensionTokenInvalid.with('No token of an extension came with the request.');
  return { ...body, token };
}
