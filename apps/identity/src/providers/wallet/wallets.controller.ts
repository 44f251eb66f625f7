import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  LinkWallet,
  LoginWithWallet,
  StartWallet,
  StartWalletLink,
  type Call,
  type Identity,
  type ProveWalletRequest,
  type SignedIn,
  type StartWalletRequest,
  type WalletMessage,
} from '#contracts';
import { personOf } from '../../sessions/sessions.service.js';
import { Wallets } from './wallets.service.js';

@Controller()
export class WalletsController {
  constructor(private readonly wallets: Wallets) {}

  @Handles(StartWallet)
  async start(input: StartWalletRequest): Promise<WalletMessage> {
    return this.wallets.start(input);
  }

  @Handles(LoginWithWallet, { transaction: false })
  login(input: ProveWalletRequest, call: Call): Promise<SignedIn> {
    return this.wallets.login(input, call);
  }

  @Handles(StartWalletLink)
  async startLink(input: StartWalletRequest, call: Call): Promise<WalletMessage> {
    return this.wallets.startLink(input, personOf(call.actor));
  }

  @Handles(LinkWallet, { transaction: false })
  async link(input: ProveWalletRequest, call: Call): Promise<Identity> {
    return this.wallets.link(input, personOf(call.actor));
  }
}
