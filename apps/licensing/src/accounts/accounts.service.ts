import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { BridgeAccount } from '#contracts';
import { AccountsRepository } from './accounts.repository.js';
import { isAccountId } from './caller.rules.js';

/** Finds the canonical account behind the `sub` of a token, which may be a legacy account's. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly bus: Bus,
    private readonly accounts: AccountsRepository,
  ) {}

  /** The account of somebody who asks; a legacy one whose account a claim has found is that account. */
  async readerOf(sub: string): Promise<string> {
    const linked = await this.accounts.find(sub);
    if (linked) return linked;
    return isAccountId(sub) ? sub : this.claimantOf(sub);
  }

  /**
   * The account of somebody who claims; identity finds or makes it and is asked once only. Waits for the bus, so no
   * transaction may be open.
   */
  async claimantOf(sub: string): Promise<string> {
    const linked = await this.accounts.find(sub);
    if (linked) return linked;
    const { user_id } = await this.bus.send(BridgeAccount, { sub });
    await this.accounts.remember(sub, user_id);
    return user_id;
  }
}
