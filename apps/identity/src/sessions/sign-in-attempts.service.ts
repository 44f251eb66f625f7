import { Injectable } from '@nestjs/common';
import { LoginFailed, type LoginFailedData, type RequestOrigin } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { FailureBudget } from '../guessing/failure-budget.service.js';
import { LoginLanes, type Lanes } from '../guessing/login-lanes.service.js';
import type { Lookup } from './credentials.repository.js';
import { LoginGuardsRepository } from './login-guards.repository.js';

/** The lane in which a sign-in runs. */
export interface Lane {
  key: Buffer;
  /** Whether it has to wait after failures. */
  blocked: boolean;
  /** Whether it is the one of a device that has signed in to the account before. */
  known: boolean;
}

/** Counts failed sign-ins, so that guessing gets slower and slower. */
@Injectable()
export class SignInAttempts {
  constructor(
    private readonly tx: Transactions,
    private readonly guards: LoginGuardsRepository,
    private readonly budget: FailureBudget,
    private readonly lanes: LoginLanes,
    private readonly outbox: Outbox,
  ) {}

  /** Under what failures of a sign-in are counted. */
  lanesOf(name: string, origin: RequestOrigin): Lanes {
    return this.lanes.of(name, origin);
  }

  /** The lane that counts for the account which was found. */
  laneOf(lanes: Lanes, { found, blocked }: Lookup): Lane {
    const known = this.lanes.isKnown(lanes, found);
    return known
      ? { known, key: lanes.device, blocked: blocked.device }
      : { known, key: lanes.name, blocked: blocked.name };
  }

  /** @throws Refusal `rate_limited` when too many sign-ins of anybody fail at the moment */
  assertBudget(): void {
    this.budget.assertLeft();
  }

  /** What is refused must stay written, hence a transaction of its own. */
  async fail(lane: Buffer, failed: LoginFailedData): Promise<void> {
    this.budget.note();
    await this.tx.run(async () => {
      await this.guards.fail(lane);
      await this.outbox.append(LoginFailed, failed, { key: failed.user_id ?? undefined });
    });
  }
}
