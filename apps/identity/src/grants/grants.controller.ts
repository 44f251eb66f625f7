import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ConfirmPassword,
  RedeemGrant,
  type ActionGrant,
  type Call,
  type ConfirmPasswordRequest,
  type Empty,
  type RedeemGrantRequest,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { ActionGrants } from './action-grants.service.js';

@Controller()
export class GrantsController {
  constructor(private readonly grants: ActionGrants) {}

  // A wrong guess stays counted.
  @Handles(ConfirmPassword, { transaction: false })
  async confirm(input: ConfirmPasswordRequest, call: Call): Promise<ActionGrant> {
    return this.grants.give(personOf(call.actor), input, call.deadline);
  }

  @Handles(RedeemGrant, { transaction: false })
  async redeem(input: RedeemGrantRequest, call: Call): Promise<Empty> {
    await this.grants.redeem(personOf(call.actor), input);
    return {};
  }
}
