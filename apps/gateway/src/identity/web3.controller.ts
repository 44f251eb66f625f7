import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LoginWithWallet, StartWallet, TokenSet, type MfaChallenge, type WalletMessage } from '#contracts';
import { Body } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { SignInService } from './sign-in.service.js';
import { WalletAddressBody, WalletProofBody } from './web3.rules.js';
import { Web3Service } from './web3.service.js';

const tag = 'Signing in';

@Controller('v1/auth/web3')
export class Web3Controller {
  constructor(
    private readonly web3: Web3Service,
    private readonly signIn: SignInService,
  ) {}

  @Post('nonce')
  @HttpCode(200)
  @Serves(StartWallet, { limit: 'login', docs: { tag, input: WalletAddressBody } })
  nonce(@Body(WalletAddressBody) body: WalletAddressBody, @Req() request: FastifyRequest): Promise<WalletMessage> {
    return this.web3.ask(StartWallet, body, request);
  }

  @Post('login')
  @HttpCode(200)
  @Serves(LoginWithWallet, { limit: 'login', docs: { tag, input: WalletProofBody, answer: TokenSet } })
  login(
    @Body(WalletProofBody) body: WalletProofBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenSet | MfaChallenge> {
    return this.signIn.signIn(LoginWithWallet, body, request, reply);
  }
}
