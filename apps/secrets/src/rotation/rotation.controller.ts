import { Controller } from '@nestjs/common';
import { Handles, Watches } from '#bus';
import {
  DataKeysRetired,
  ReadKekStatus,
  RotateDataKeys,
  RotateKek,
  type Call,
  type Empty,
  type KekStatus,
  type RotateDataKeysRequest,
  type RotatedDataKeys,
} from '#contracts';
import { AuditLog } from '../audit/audit-log.service.js';
import { callerOf } from '../audit/caller-of.js';
import { OwnerKeys } from '../vault/owner-keys.service.js';
import { DataKeyRotation } from './data-key-rotation.service.js';
import { KekRotation } from './kek-rotation.service.js';

@Controller()
export class RotationController {
  constructor(
    private readonly kek: KekRotation,
    private readonly dataKeys: DataKeyRotation,
    private readonly keys: OwnerKeys,
    private readonly audit: AuditLog,
  ) {}

  @Handles(ReadKekStatus, { transaction: false })
  read(_input: Empty, _call: Call): Promise<KekStatus> {
    return this.kek.status();
  }

  @Handles(RotateKek, { transaction: false })
  async rotate(_input: Empty, call: Call): Promise<KekStatus> {
    await this.audit.append({ action: 'kek.rotate', ...callerOf(call) });
    await this.kek.begin();
    return this.kek.status();
  }

  @Handles(RotateDataKeys, { transaction: false })
  async rotateDataKeys(input: RotateDataKeysRequest, call: Call): Promise<RotatedDataKeys> {
    return { retired: await this.dataKeys.retire(input, callerOf(call)) };
  }

  @Watches(DataKeysRetired)
  retired(): void {
    this.keys.clear();
  }
}
