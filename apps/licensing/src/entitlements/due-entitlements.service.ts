import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { EntitlementsRepository } from './entitlements.repository.js';
import { EntitlementsService } from './entitlements.service.js';

const BATCH = 100;

/** Lets time take effect: grants that begin, plans that lapse, and changed plans, without anybody asking. */
@Injectable()
export class DueEntitlementsService {
  constructor(
    private readonly entitlements: EntitlementsRepository,
    private readonly service: EntitlementsService,
    private readonly log: Log,
  ) {}

  /** After a start: whatever other plans decided is decided again. */
  async begin(): Promise<void> {
    await this.entitlements.dueByOtherPlans();
  }

  /** Decides everything again that is due, each person in a transaction of their own. */
  async sweep(): Promise<void> {
    for (;;) {
      const due = await this.entitlements.due(BATCH);
      const outcomes = [];
      for (const userId of due) outcomes.push(await this.recompute(userId));
      if (due.length < BATCH || outcomes.includes(false)) return;
    }
  }

  /** @returns false when it failed and is still due */
  private async recompute(userId: string): Promise<boolean> {
    try {
      await this.service.recompute(userId);
      return true;
    } catch (error) {
      this.log.error('an entitlement could not be decided again', { user_id: userId, error });
      return false;
    }
  }
}
