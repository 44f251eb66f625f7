import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { ReadEntitlement, type Call, type Empty, type Entitlement } from '#contracts';
import { AccountsService } from '../accounts/accounts.service.js';
import { userOf } from '../accounts/caller.rules.js';
import { EntitlementAnswersService } from './entitlement-answers.service.js';

@Controller()
export class EntitlementsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly answers: EntitlementAnswersService,
  ) {}

  /** Opens its own transaction: none may wait for the token's signature. */
  @Handles(ReadEntitlement, { transaction: false })
  async read(_input: Empty, call: Call): Promise<Entitlement> {
    return this.answers.check(await this.accounts.readerOf(userOf(call)));
  }
}
