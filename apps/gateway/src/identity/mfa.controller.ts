import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  DisableMfa,
  Empty,
  LoginMfa,
  LoginMfaRequest,
  PasswordAgain,
  ReadMfa,
  Reauthenticate,
  ReauthenticateRequest,
  RenewRecoveryCodes,
  SetupMfa,
  TokenSet,
  VerifyMfa,
  VerifyMfaRequest,
  type MfaChallenge,
  type MfaSetup,
  type MfaStatus,
  type RecoveryCodes,
} from '#contracts';
import { DeliveryService } from './delivery.service.js';
import { StepUpService } from './step-up.service.js';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const tag = 'Two-step sign-in';
const LOGIN =
  'The second step of a sign-in that answered `mfa_required`. A wrong code (400 `mfa_code_invalid`) leaves the token as it ' +
  'is; an account has ten tries in a quarter of an hour, whatever the sign-in. The token lives five minutes and works once.';
const STEP_UP =
  'Shows the password, the code of a second factor, or both, and goes on in a fresh session: the present one ends. For ' +
  'what answers 401 `insufficient_user_authentication`.';

@Controller('v1/auth')
export class MfaController {
  constructor(
    private readonly bus: Bus,
    private readonly delivery: DeliveryService,
    private readonly stepUp: StepUpService,
  ) {}

  @Post('login/mfa')
  @HttpCode(200)
  @Serves(LoginMfa, { limit: 'login', docs: { tag, answer: TokenSet, description: LOGIN } })
  login(
    @Input() input: LoginMfaRequest,
    @Ask() ask: SendAs,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenSet | MfaChallenge> {
    return this.bus.send(LoginMfa, input, ask).then((signedIn) => this.delivery.deliverSignIn(signedIn, reply));
  }

  @Post('reauthenticate')
  @HttpCode(200)
  @Serves(Reauthenticate, { limit: 'login', docs: { tag, answer: TokenSet, description: STEP_UP } })
  reauthenticate(
    @Input() input: ReauthenticateRequest,
    @Ask() ask: SendAs,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenSet | MfaChallenge> {
    return this.stepUp.step(input, ask, reply);
  }

  @Get('mfa')
  @Serves(ReadMfa, { docs: { tag } })
  read(@Input() input: Empty, @Ask() ask: SendAs): Promise<MfaStatus> {
    return this.bus.send(ReadMfa, input, ask);
  }

  @Post('mfa/setup')
  @HttpCode(200)
  @Serves(SetupMfa, { docs: { tag } })
  setUp(@Input() input: Empty, @Ask() ask: SendAs): Promise<MfaSetup> {
    return this.bus.send(SetupMfa, input, ask);
  }

  @Post('mfa/verify')
  @HttpCode(200)
  @Serves(VerifyMfa, { limit: 'login', docs: { tag } })
  verify(@Input() input: VerifyMfaRequest, @Ask() ask: SendAs): Promise<RecoveryCodes> {
    return this.bus.send(VerifyMfa, input, ask);
  }

  @Post('mfa/disable')
  @HttpCode(204)
  @Serves(DisableMfa, { limit: 'login', docs: { tag, status: 204, answer: Empty } })
  async disable(@Input() input: PasswordAgain, @Ask() ask: SendAs): Promise<void> {
    await this.bus.send(DisableMfa, input, ask);
  }

  @Post('mfa/recovery-codes')
  @HttpCode(200)
  @Serves(RenewRecoveryCodes, { limit: 'login', docs: { tag } })
  renewCodes(@Input() input: PasswordAgain, @Ask() ask: SendAs): Promise<RecoveryCodes> {
    return this.bus.send(RenewRecoveryCodes, input, ask);
  }
}
