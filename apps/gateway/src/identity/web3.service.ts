import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import type { Command, StartWalletRequest, WalletMessage } from '#contracts';
import { askOf } from '../edge/ask.js';
import { OriginsService } from '../edge/origins.service.js';
import type { WalletAddressBody } from './web3.rules.js';

/** Asks for messages to wallets in the name of the page that asks. */
@Injectable()
export class Web3Service {
  constructor(
    private readonly bus: Bus,
    private readonly origins: OriginsService,
  ) {}

  /** The message names the origin of a page that is allowed, else ours: the wallet warns when it shows another. */
  ask(
    command: Command<StartWalletRequest, WalletMessage>,
    body: WalletAddressBody,
    request: FastifyRequest,
  ): Promise<WalletMessage> {
    const { origin } = request.headers;
    const known = origin !== undefined && this.origins.allows(origin);
    return this.bus.send(command, { ...body, ...(known ? { origin } : {}) }, askOf(request));
  }
}
