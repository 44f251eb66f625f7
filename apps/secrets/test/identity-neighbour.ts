import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  AcknowledgeErasure,
  GrantInvalid,
  RedeemGrant,
  type Call,
  type Empty,
  type ErasureRequest,
  type RedeemGrantRequest,
} from '#contracts';

/** Identity as the secrets service meets it: it keeps leave for one action and lets each be used once. */
@Controller()
export class IdentityNeighbour {
  private readonly grants = new Map<string, string>();
  /** Erasures that the service has told to be done, oldest first. */
  readonly acknowledged: string[] = [];
  /** What happens elsewhere while leave is being used. */
  meanwhile?: () => Promise<unknown>;

  /** Leave for a person to have that stream's key shown. */
  give(userId: string, record: string): string {
    const grant = crypto.randomUUID();
    this.grants.set(grant, `${userId} stream.reveal ${record}`);
    return grant;
  }

  @Handles(RedeemGrant, { transaction: false })
  async redeem({ grant, action, record }: RedeemGrantRequest, { actor }: Call): Promise<Empty> {
    const user = actor?.kind === 'user' ? actor.user_id : '';
    if (this.grants.get(grant) !== `${user} ${action} ${record}`) throw GrantInvalid.with();
    this.grants.delete(grant);
    await this.meanwhile?.();
    return {};
  }

  @Handles(AcknowledgeErasure, { transaction: false })
  async acknowledge({ erasure_id }: ErasureRequest): Promise<Empty> {
    this.acknowledged.push(erasure_id);
    return {};
  }
}
