import type { Feature } from '../feature.js';
import { IdentityConfig } from '../identity.config.js';
import { AgentConfigController } from './agent-config.controller.js';
import { AgentConfigRepository } from './agent-config.repository.js';
import { AGENT_OPTIONS, AgentConfigService } from './agent-config.service.js';
import { readAgentFile } from './agent-options.js';

export const agentConfig: Feature = {
  controllers: [AgentConfigController],
  providers: [
    AgentConfigRepository,
    AgentConfigService,
    {
      provide: AGENT_OPTIONS,
      inject: [IdentityConfig],
      useFactory: (config: IdentityConfig) => readAgentFile(config.agentFile),
    },
  ],
};
