import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { BridgeAccount, type BridgeAccountRequest, type BridgedAccount } from '#contracts';
import { BridgeService } from './bridge.service.js';

@Controller()
export class BridgeController {
  constructor(private readonly accounts: BridgeService) {}

  @Handles(BridgeAccount)
  bridge(input: BridgeAccountRequest): Promise<BridgedAccount> {
    return this.accounts.bridge(input);
  }
}
