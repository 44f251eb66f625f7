import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ReadBroadcastConfig,
  UpdateBroadcastConfig,
  type BroadcastConfig,
  type Call,
  type Empty,
  type UpdateBroadcastConfigRequest,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { BroadcastConfigService } from './broadcast-config.service.js';

@Controller()
export class BroadcastConfigController {
  constructor(private readonly configs: BroadcastConfigService) {}

  @Handles(ReadBroadcastConfig, { transaction: false })
  async read(_input: Empty, call: Call): Promise<BroadcastConfig> {
    return this.configs.read(personOf(call.actor));
  }

  @Handles(UpdateBroadcastConfig)
  async update(input: UpdateBroadcastConfigRequest, call: Call): Promise<BroadcastConfig> {
    return this.configs.update(personOf(call.actor), input.patch);
  }
}
