import { Controller, Get, Put } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import { AgentConfigPatch, Empty, ReadAgentConfig, UpdateAgentConfig, type AgentConfig } from '#contracts';
import { Ask } from '../edge/ask.js';
import { BodyMembers, Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const tag = 'Configuration';

@Controller('v1/auth')
export class AgentConfigController {
  constructor(private readonly bus: Bus) {}

  @Get('agent-config')
  @Serves(ReadAgentConfig, { docs: { tag } })
  read(@Input() input: Empty, @Ask() ask: SendAs): Promise<AgentConfig> {
    return this.bus.send(ReadAgentConfig, input, ask);
  }

  @Put('agent-config')
  @Serves(UpdateAgentConfig, { docs: { tag, input: AgentConfigPatch } })
  update(@BodyMembers() patch: Record<string, unknown>, @Ask() ask: SendAs): Promise<AgentConfig> {
    return this.bus.send(UpdateAgentConfig, { patch }, ask);
  }
}
