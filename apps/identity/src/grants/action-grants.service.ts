import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  GrantInvalid,
  type ActionGrant,
  type ConfirmPasswordRequest,
  type RedeemGrantRequest,
  type UserActor,
} from '#contracts';
import { PasswordConfirmation } from '../passwords/password-confirmation.service.js';
import { ActionGrantsRepository } from './action-grants.repository.js';

const LIFETIME = 60;

const hashOf = (grant: string): Buffer => createHash('sha256').update(grant).digest();

/** Leave for one action, given for the password and used up by the service that does it. */
@Injectable()
export class ActionGrants {
  constructor(
    private readonly confirmation: PasswordConfirmation,
    private readonly grants: ActionGrantsRepository,
  ) {}

  /** @throws Refusal `invalid_token`, `invalid_credentials`, `rate_limited`, `overloaded` */
  async give(
    actor: UserActor,
    { password, action, record }: ConfirmPasswordRequest,
    deadline: number,
  ): Promise<ActionGrant> {
    await this.confirmation.confirm(actor, password, deadline);
    const grant = randomBytes(32).toString('base64url');
    await this.grants.add(hashOf(grant), { actor, action, record }, LIFETIME);
    return { grant, expires_in: LIFETIME };
  }

  /** @throws Refusal `grant_invalid` */
  async redeem(actor: UserActor, { grant, action, record }: RedeemGrantRequest): Promise<void> {
    if (!(await this.grants.take(hashOf(grant), { actor, action, record }))) throw GrantInvalid.with();
  }
}
