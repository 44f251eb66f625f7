import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { Refusal } from '#contracts';
import { EntitlementsRepository } from './entitlements.repository.js';
import { EntitlementsService } from './entitlements.service.js';

const BATCH = 100;
/** Marked by one statement; one of all people would come near the time that a statement has. */
const MARKED = 5_000;

/** Lets time take effect: grants that begin, plans that lapse, and changed plans, without anybody asking. */
@Injectable()
export class DueEntitlementsService {
  constructor(
    private readonly entitlements: EntitlementsRepository,
    private readonly service: EntitlementsService,
    private readonly log: Log,
  ) {}

  /**
   * Whatever other plans decided is to be decided again. Replicas of before go on deciding by theirs until they are
   * replaced, so that once, after a start, is not enough.
   */
  async begin(): Promise<void> {
    while ((await this.entitlements.dueByOtherPlans(MARKED)) === MARKED);
  }

  /**
   * Decides everything again that is due, each person in a transaction of their own. Who fails holds up nobody else.
   * @throws Refusal `unavailable` when that is how everybody would fare
   */
  async sweep(): Promise<void> {
    const failed: string[] = [];
    for (let due = await this.entitlements.due(BATCH); due.length; due = await this.entitlements.due(BATCH, failed)) {
      for (const userId of due) if (!(await this.recompute(userId, failed.length === 0))) failed.push(userId);
    }
    if (failed.length > 1) this.log.error('more entitlements could not be decided again', { more: failed.length - 1 });
  }

  /** @returns false when it failed and is still due */
  private async recompute(userId: string, telling: boolean): Promise<boolean> {
    try {
      await this.service.recomputeKept(userId);
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.kind === 'unavailable') throw error;
      if (telling) this.log.error('an entitlement could not be decided again', { user_id: userId, error });
      return false;
    }
  }
}
