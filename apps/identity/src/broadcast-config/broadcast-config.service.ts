import { Inject, Injectable } from '@nestjs/common';
import { BroadcastConfigUpdated, type BroadcastConfig, type UserActor } from '#contracts';
import { Outbox } from '#persistence';
import { SessionsService } from '../sessions/sessions.service.js';
import { BroadcastConfigRepository, type StoredBroadcastConfig } from './broadcast-config.repository.js';
import { mergeOverrides, readPatch } from './broadcast-config.rules.js';
import type { BroadcastPresets } from './broadcast-presets.js';

export const BROADCAST_PRESETS = Symbol('broadcast presets');

/** What a person's broadcasts are made from: a preset, and what is different about single streams. */
@Injectable()
export class BroadcastConfigService {
  constructor(
    @Inject(BROADCAST_PRESETS) private readonly presets: BroadcastPresets,
    private readonly configs: BroadcastConfigRepository,
    private readonly sessions: SessionsService,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Refusal `invalid_token` when the session has ended */
  async read(actor: UserActor): Promise<BroadcastConfig> {
    await this.sessions.assertLive(actor);
    const stored = await this.configs.find(actor.user_id);
    return this.view(stored ?? { preset_id: null, overrides: {} }, stored?.updated_at ?? null);
  }

  /** @throws Refusal `validation_failed`, `unknown_preset`, `invalid_token` */
  async update(actor: UserActor, patch: Record<string, unknown>): Promise<BroadcastConfig> {
    const change = readPatch(patch, this.presets);
    await this.sessions.assertLive(actor);
    const { user_id } = actor;
    const before = await this.configs.lock(user_id);
    const after = {
      preset_id: change.preset_id === undefined ? before.preset_id : change.preset_id,
      overrides: mergeOverrides(before.overrides, change.overrides),
    };
    const updatedAt = await this.configs.write(user_id, after);
    const answer = this.view(after, updatedAt);
    await this.outbox.append(BroadcastConfigUpdated, { user_id, preset_id: answer.preset_id }, { key: user_id });
    return answer;
  }

  private view({ preset_id, overrides }: StoredBroadcastConfig, updatedAt: Date | null): BroadcastConfig {
    const updated_at = updatedAt?.toISOString() ?? null;
    return { preset_id: preset_id ?? this.presets.default_id, overrides, updated_at };
  }
}
