import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  Login,
  RegisterUser,
  RegisterUserRequest,
  TokenSet,
  type MfaChallenge,
  type VerificationRequired,
} from '#contracts';
import { Body, Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { LoginBody, loginOf } from './credentials.rules.js';
import { SignInService } from './sign-in.service.js';

const docs = { tag: 'Signing in', answer: TokenSet };
const DEVICE =
  'To a client without a cookie the answer has the header `X-Device-Token`: kept for good and sent with the next sign-in, ' +
  'failures of others do not keep this device waiting, and no mail tells of a new device.';
const form = { limit: 'login', body: 'form', docs: { ...docs, input: LoginBody, description: DEVICE } } as const;
const players = {
  ...form,
  docs: { ...form.docs, description: `Players only: an admin’s credentials are wrong here. ${DEVICE}` },
};
const REGISTER =
  'With `registration: immediate` in the client’s policy (the default) the account is there and signed in; an address that ' +
  'is known is 409 `email_taken`, which tells that it is known. With `verify_first` every address is answered alike, with ' +
  '202 `{ verification_required: true }`: a new one gets a mail whose link makes the account, after which the person can ' +
  'sign in; the owner of a known one gets a mail that says so.';

@Controller('v1/auth')
export class SignInController {
  constructor(private readonly signIn: SignInService) {}

  @Post('register')
  @Serves(RegisterUser, {
    limit: 'register',
    docs: { ...docs, status: 201, input: RegisterUserRequest, description: REGISTER },
  })
  register(
    @Input() input: RegisterUserRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenSet | MfaChallenge | VerificationRequired> {
    return this.signIn.register(input, request, reply);
  }

  @Post(['login', 'login/json', 'login/direct'])
  @HttpCode(200)
  @Serves(Login, form)
  login(
    @Body(LoginBody) body: LoginBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenSet | MfaChallenge> {
    return this.signIn.signIn(Login, loginOf(body, 'any'), request, reply);
  }

  @Post(['player/login', 'player/login/json'])
  @HttpCode(200)
  @Serves(Login, players)
  playerLogin(
    @Body(LoginBody) body: LoginBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenSet | MfaChallenge> {
    return this.signIn.signIn(Login, loginOf(body, 'player'), request, reply);
  }
}
