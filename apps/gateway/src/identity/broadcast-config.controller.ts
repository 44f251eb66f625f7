import { Controller, Get, Put } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  BroadcastConfigPatch,
  Empty,
  ReadBroadcastConfig,
  UpdateBroadcastConfig,
  type BroadcastConfig,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { BodyMembers, Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const tag = 'Configuration';

@Controller('v1/auth')
export class BroadcastConfigController {
  constructor(private readonly bus: Bus) {}

  @Get('broadcast-config')
  @Serves(ReadBroadcastConfig, { docs: { tag } })
  read(@Input() input: Empty, @Ask() ask: SendAs): Promise<BroadcastConfig> {
    return this.bus.send(ReadBroadcastConfig, input, ask);
  }

  @Put('broadcast-config')
  @Serves(UpdateBroadcastConfig, { docs: { tag, input: BroadcastConfigPatch } })
  update(@BodyMembers() patch: Record<string, unknown>, @Ask() ask: SendAs): Promise<BroadcastConfig> {
    return this.bus.send(UpdateBroadcastConfig, { patch }, ask);
  }
}
