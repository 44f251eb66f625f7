import { Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  Empty,
  FinishPasskeyRegistration,
  FinishPasskeyRegistrationRequest,
  FinishPasskeySecondFactor,
  FinishPasskeySecondFactorRequest,
  FinishPasskeySignIn,
  FinishPasskeySignInRequest,
  ListPasskeys,
  RemovePasskey,
  RemovePasskeyRequest,
  StartPasskeyRegistration,
  StartPasskeySecondFactor,
  StartPasskeySecondFactorRequest,
  StartPasskeySignIn,
  StartPasskeySignInRequest,
  TokenSet,
  type MfaChallenge,
  type Passkey,
  type PasskeyCeremony,
  type PasskeyList,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { DeliveryService } from './delivery.service.js';
import { SignInService } from './sign-in.service.js';

const docs = { tag: 'Passkeys' };
const signIn = { limit: 'login', docs: { ...docs, answer: TokenSet } } as const;

@Controller('v1/auth/passkeys')
export class PasskeysController {
  constructor(
    private readonly bus: Bus,
    private readonly signIn: SignInService,
    private readonly delivery: DeliveryService,
  ) {}

  @Get()
  @Serves(ListPasskeys, { docs })
  list(@Input() input: Empty, @Ask() ask: SendAs): Promise<PasskeyList> {
    return this.bus.send(ListPasskeys, input, ask);
  }

  @Delete(':passkey_id')
  @HttpCode(204)
  @Serves(RemovePasskey, { docs: { ...docs, status: 204, answer: Empty } })
  async remove(@Input() input: RemovePasskeyRequest, @Ask() ask: SendAs): Promise<void> {
    await this.bus.send(RemovePasskey, input, ask);
  }

  @Post('register/options')
  @HttpCode(200)
  @Serves(StartPasskeyRegistration, { docs })
  startRegistration(@Input() input: Empty, @Ask() ask: SendAs): Promise<PasskeyCeremony> {
    return this.bus.send(StartPasskeyRegistration, input, ask);
  }

  @Post('register')
  @Serves(FinishPasskeyRegistration, { docs: { ...docs, status: 201 } })
  register(@Input() input: FinishPasskeyRegistrationRequest, @Ask() ask: SendAs): Promise<Passkey> {
    return this.bus.send(FinishPasskeyRegistration, input, ask);
  }

  @Post('login/options')
  @HttpCode(200)
  @Serves(StartPasskeySignIn, { limit: 'login', docs })
  startSignIn(@Input() input: StartPasskeySignInRequest, @Ask() ask: SendAs): Promise<PasskeyCeremony> {
    return this.bus.send(StartPasskeySignIn, input, ask);
  }

  @Post('login')
  @HttpCode(200)
  @Serves(FinishPasskeySignIn, signIn)
  login(
    @Input() input: FinishPasskeySignInRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenSet | MfaChallenge> {
    return this.signIn.signIn(FinishPasskeySignIn, input, request, reply);
  }

  @Post('mfa/options')
  @HttpCode(200)
  @Serves(StartPasskeySecondFactor, { limit: 'login', docs })
  startSecondFactor(@Input() input: StartPasskeySecondFactorRequest, @Ask() ask: SendAs): Promise<PasskeyCeremony> {
    return this.bus.send(StartPasskeySecondFactor, input, ask);
  }

  @Post('mfa')
  @HttpCode(200)
  @Serves(FinishPasskeySecondFactor, signIn)
  secondFactor(
    @Input() input: FinishPasskeySecondFactorRequest,
    @Ask() ask: SendAs,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenSet | MfaChallenge> {
    return this.bus
      .send(FinishPasskeySecondFactor, input, ask)
      .then((signedIn) => this.delivery.deliverSignIn(signedIn, reply));
  }
}
