import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { MacKeys } from '../keys/mac-keys.service.js';
import { GuessBudgetsRepository } from './guess-budgets.repository.js';

/** How often something may be guessed in which time, and for whom. */
export interface GuessBudget {
  /** What is guessed; budgets of different purposes are apart. */
  purpose: string;
  /** Whose budget it is: the id of an account, never that of a challenge, or a new one would be a new budget (R-BF6). */
  subject: string;
  tries: number;
  seconds: number;
}

/** Budgets for what could be guessed in a few thousand tries: codes of a few digits. */
@Injectable()
export class GuessBudgets {
  constructor(
    private readonly budgets: GuessBudgetsRepository,
    private readonly keys: MacKeys,
  ) {}

  /**
   * Takes one try. Before the guess is looked at, and outside of a transaction that a refusal would roll back.
   * @returns 0, or the seconds to wait when there is none left
   */
  spend(budget: GuessBudget): Promise<number> {
    return this.budgets.spend(this.keyOf(budget), budget.tries, budget.seconds);
  }

  /** Gives the whole budget back, after a right guess. */
  restore(budget: GuessBudget): Promise<void> {
    return this.budgets.restore(this.keyOf(budget));
  }

  private keyOf({ purpose, subject }: GuessBudget): Buffer {
    return createHmac('sha256', this.keys.names).update(`budget\0${purpose}\0${subject}`).digest();
  }
}
