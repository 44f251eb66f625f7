import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ReadAgentConfig,
  UpdateAgentConfig,
  type AgentConfig,
  type Call,
  type Empty,
  type UpdateAgentConfigRequest,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { AgentConfigService } from './agent-config.service.js';

@Controller()
export class AgentConfigController {
  constructor(private readonly configs: AgentConfigService) {}

  @Handles(ReadAgentConfig, { transaction: false })
  async read(_input: Empty, call: Call): Promise<AgentConfig> {
    return this.configs.read(personOf(call.actor));
  }

  @Handles(UpdateAgentConfig)
  async update(input: UpdateAgentConfigRequest, call: Call): Promise<AgentConfig> {
    return this.configs.update(personOf(call.actor), input.patch);
  }
}
