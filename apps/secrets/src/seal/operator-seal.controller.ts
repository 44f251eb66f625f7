import { Controller } from '@nestjs/common';
import { Handles, Watches } from '#bus';
import {
  SealChanged,
  SealService,
  UnsealService,
  type Call,
  type Empty,
  type SealChangedData,
  type SealState,
} from '#contracts';
import { callerOf } from '../audit/caller-of.js';
import { OperatorSeal } from './operator-seal.service.js';

/** The audit log is written over a connection of its own, so that no transaction spans these. */
@Controller()
export class OperatorSealController {
  constructor(private readonly operator: OperatorSeal) {}

  @Handles(SealService, { transaction: false })
  seal(_input: Empty, call: Call): Promise<SealState> {
    return this.operator.seal(callerOf(call));
  }

  @Handles(UnsealService, { transaction: false })
  unseal(_input: Empty, call: Call): Promise<SealState> {
    return this.operator.unseal(callerOf(call));
  }

  @Watches(SealChanged)
  changed({ sealed }: SealChangedData): Promise<void> {
    return this.operator.follow(sealed);
  }
}
