import { Injectable } from '@nestjs/common';
import type { ClaimRenpyRequest, Entitlement } from '#contracts';
import { Transactions } from '#persistence';
import { AccountsService } from '../accounts/accounts.service.js';
import { EntitlementAnswersService } from '../entitlements/entitlement-answers.service.js';
import { evidenceText } from './claims.rules.js';
import { ClaimsService } from './claims.service.js';

/** A claim from its asker to its answer: find the account, claim in one transaction, sign. */
@Injectable()
export class ClaimAnswersService {
  constructor(
    private readonly tx: Transactions,
    private readonly accounts: AccountsService,
    private readonly claims: ClaimsService,
    private readonly answers: EntitlementAnswersService,
  ) {}

  async claim(sub: string, request: ClaimRenpyRequest): Promise<Entitlement> {
    const evidence = evidenceText(request.evidence);
    const userId = await this.accounts.claimantOf(sub);
    return this.answers.answer(await this.tx.run(() => this.claims.claim(userId, evidence)));
  }
}
