import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { ClaimRenpy, type Call, type ClaimRenpyRequest, type Entitlement } from '#contracts';
import { userOf } from '../accounts/caller.rules.js';
import { ClaimAnswersService } from './claim-answers.service.js';

@Controller()
export class ClaimsController {
  constructor(private readonly claims: ClaimAnswersService) {}

  /** Opens its own transaction: none may wait for the bridge or the token's signature. */
  @Handles(ClaimRenpy, { transaction: false })
  claim(input: ClaimRenpyRequest, call: Call): Promise<Entitlement> {
    return this.claims.claim(userOf(call), input);
  }
}
