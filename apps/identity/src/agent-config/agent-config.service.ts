import { Inject, Injectable } from '@nestjs/common';
import { AgentConfigUpdated, type AgentConfig, type UserActor } from '#contracts';
import { Outbox } from '#persistence';
import { SessionsService } from '../sessions/sessions.service.js';
import { AgentConfigRepository } from './agent-config.repository.js';
import { readPatch } from './agent-config.rules.js';
import { SECTIONS, type AgentOptions } from './agent-options.js';
import { mergeSections, type Sections } from './sections.rules.js';

export const AGENT_OPTIONS = Symbol('agent options');

/** How a person's agent looks, speaks and behaves: the built-in default with the person's changes on top. */
@Injectable()
export class AgentConfigService {
  constructor(
    @Inject(AGENT_OPTIONS) private readonly options: AgentOptions,
    private readonly configs: AgentConfigRepository,
    private readonly sessions: SessionsService,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Refusal `invalid_token` when the session has ended */
  async read(actor: UserActor): Promise<AgentConfig> {
    await this.sessions.assertLive(actor);
    const stored = await this.configs.find(actor.user_id);
    return this.view(stored?.changes ?? {}, stored?.updated_at ?? null);
  }

  /** @throws Refusal `validation_failed`, `invalid_token` */
  async update(actor: UserActor, patch: Record<string, unknown>): Promise<AgentConfig> {
    const change = readPatch(patch, this.options.allowed);
    await this.sessions.assertLive(actor);
    const { user_id } = actor;
    const changes = mergeSections(await this.configs.lock(user_id), change);
    const updatedAt = await this.configs.write(user_id, changes);
    await this.outbox.append(AgentConfigUpdated, { user_id, sections: Object.keys(change) }, { key: user_id });
    return this.view(changes, updatedAt);
  }

  private view(changes: Sections, updatedAt: Date | null): AgentConfig {
    const { defaults } = this.options;
    const sections = SECTIONS.map((name) => [name, { ...defaults[name], ...changes[name] }] as const);
    return { ...Object.fromEntries(sections), updated_at: updatedAt?.toISOString() ?? null } as unknown as AgentConfig;
  }
}
