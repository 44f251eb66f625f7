import { Injectable } from '@nestjs/common';
import { AdminRefused, Forbidden, Refusal, type UserActor } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { Roles } from '../roles/roles.service.js';

/** What staff may not do to an account, and the trace that trying leaves. */
@Injectable()
export class AdminRefusals {
  constructor(
    private readonly tx: Transactions,
    private readonly roles: Roles,
    private readonly outbox: Outbox,
  ) {}

  /** Nobody has power over those who may do more. @throws Refusal `forbidden` */
  assertCovers(actor: UserActor, roles: readonly string[]): void {
    if (!this.roles.cover(actor.roles, roles)) throw Forbidden.with('This account may do more than you.');
  }

  /** Notes a refusal, which stays though the transaction is rolled back. */
  async on<T>(user_id: string, action: string, check: () => Promise<T>): Promise<T> {
    try {
      return await check();
    } catch (error) {
      if (error instanceof Refusal && error.kind !== 'unavailable') {
        const refused = { user_id, action, reason: error.code };
        await this.tx.afterEnd(() => this.outbox.append(AdminRefused, refused, { key: user_id }));
      }
      throw error;
    }
  }
}
