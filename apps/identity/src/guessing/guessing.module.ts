import type { Feature } from '../feature.js';
import { GuessBudgetsRepository } from './guess-budgets.repository.js';
import { GuessBudgets } from './guess-budgets.service.js';

export const guessing: Feature = {
  providers: [GuessBudgets, GuessBudgetsRepository],
};
