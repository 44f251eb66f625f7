import { Controller, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus, Handles, Watches } from '#bus';
import {
  DestroyOwnerKeys,
  OpenSealed,
  OwnerKeysDestroyed,
  SealValue,
  type Call,
  type DestroyOwnerKeysRequest,
  type Empty,
  type OpenedValue,
  type OpenSealedRequest,
  type OwnerKeysDestroyedData,
  type SealedValue,
  type SealValueRequest,
} from '#contracts';
import { callerOf } from '../audit/caller-of.js';
import { OwnerErasure } from './owner-erasure.service.js';
import { OwnerKeys } from './owner-keys.service.js';
import { SealedValues } from './sealed-values.service.js';

@Controller()
export class VaultController implements OnApplicationBootstrap {
  constructor(
    private readonly values: SealedValues,
    private readonly erasure: OwnerErasure,
    private readonly keys: OwnerKeys,
    private readonly bus: Bus,
  ) {}

  /** What was said while the connection was away was not heard. */
  onApplicationBootstrap(): void {
    this.bus.onReconnect(() => this.keys.clear());
  }

  // The audit log has its own transactions, and data keys are made in one of theirs.
  @Handles(SealValue, { transaction: false })
  seal(input: SealValueRequest, call: Call): Promise<SealedValue> {
    return this.values.seal(input, call);
  }

  @Handles(OpenSealed, { transaction: false })
  open(input: OpenSealedRequest, call: Call): Promise<OpenedValue> {
    return this.values.open(input, call);
  }

  @Handles(DestroyOwnerKeys)
  async destroy({ owner_id }: DestroyOwnerKeysRequest, call: Call): Promise<Empty> {
    await this.erasure.erase(owner_id, callerOf(call));
    return {};
  }

  @Watches(OwnerKeysDestroyed)
  destroyed({ owner_id }: OwnerKeysDestroyedData): void {
    this.keys.drop('user', owner_id);
  }
}
