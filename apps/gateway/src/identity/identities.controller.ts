import { Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  Empty,
  LinkWallet,
  ListIdentities,
  OneOf,
  PROVIDERS,
  StartProviderLink,
  StartWalletLink,
  UnlinkIdentity,
  UnlinkIdentityRequest,
  type Identity,
  type IdentityList,
  type ProviderName,
  type ProviderStart,
  type WalletMessage,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Body, Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { StartQuery } from './providers.rules.js';
import { ProvidersService } from './providers.service.js';
import { WalletAddressBody, WalletProofBody } from './web3.rules.js';
import { Web3Service } from './web3.service.js';

const tag = 'Linked identities';

class LinkStart extends StartQuery {
  @OneOf(PROVIDERS) provider!: ProviderName;
}

@Controller('v1/auth/identities')
export class IdentitiesController {
  constructor(
    private readonly bus: Bus,
    private readonly providers: ProvidersService,
    private readonly web3: Web3Service,
  ) {}

  @Get()
  @Serves(ListIdentities, { docs: { tag } })
  list(@Input() input: Empty, @Ask() ask: SendAs): Promise<IdentityList> {
    return this.bus.send(ListIdentities, input, ask);
  }

  @Delete(':identity_id')
  @HttpCode(204)
  @Serves(UnlinkIdentity, { docs: { tag, status: 204 } })
  unlink(@Input() input: UnlinkIdentityRequest, @Ask() ask: SendAs): Promise<Empty> {
    return this.bus.send(UnlinkIdentity, input, ask);
  }

  @Post('web3/start')
  @HttpCode(200)
  @Serves(StartWalletLink, { limit: 'login', docs: { tag, input: WalletAddressBody } })
  startWallet(
    @Body(WalletAddressBody) body: WalletAddressBody,
    @Req() request: FastifyRequest,
  ): Promise<WalletMessage> {
    return this.web3.ask(StartWalletLink, body, request);
  }

  @Post('web3')
  @Serves(LinkWallet, { limit: 'login', docs: { tag, input: WalletProofBody, status: 201 } })
  linkWallet(@Body(WalletProofBody) body: WalletProofBody, @Ask() ask: SendAs): Promise<Identity> {
    return this.bus.send(LinkWallet, body, ask);
  }

  @Post(':provider/start')
  @HttpCode(200)
  @Serves(StartProviderLink, { limit: 'login', docs: { tag, input: LinkStart } })
  startLink(
    @Body(LinkStart) { provider, ...body }: LinkStart,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProviderStart> {
    return this.providers.startLink(provider, body, request, reply);
  }
}
