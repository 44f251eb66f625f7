import { command } from '../command.js';
import { Empty } from '../empty.js';
import { Flag, Json, Nested, Num, Text, Timestamp } from '../fields.js';
import { InvalidToken, ValidationFailed } from '../general.errors.js';
import { HTTPS_ADDRESS, PARAGRAPHS, SHOWN_LINE } from './written-text.js';
import { pattern } from '../patterns.js';

/** Where an agent can be switched on, each with its own instructions. */
export const AGENT_SURFACES = ['live', 'social', 'persona', 'world'] as const;
export type AgentSurface = (typeof AGENT_SURFACES)[number];

/** BCP 47, e.g. `en`, `de-AT`, `zh-Hant-TW`. */
const LANGUAGE = pattern(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$/, 'a language tag like en or pt-BR');

const own = { optional: true, nullable: true } as const;

/** Who the agent is to look at. */
export class AgentAvatarPatch {
  @Text({ ...own, max: 64, pattern: SHOWN_LINE }) name?: string | null;
  @Text({ ...own, max: 2048, pattern: HTTPS_ADDRESS, description: 'A picture.' }) image_url?: string | null;
  @Text({ ...own, max: 128, pattern: SHOWN_LINE, description: 'Id of the VRM model in its catalog.' })
  vrm_id?: string | null;
  @Text({ ...own, max: 2048, pattern: HTTPS_ADDRESS, description: 'Where the VRM model is.' }) vrm_url?: string | null;
}

export class AgentVoicePatch {
  @Text({ ...own, max: 64, description: 'One of the studio’s list.' }) tts_provider?: string | null;
  @Text({ ...own, max: 64, description: 'One of the studio’s list.' }) stt_provider?: string | null;
  @Text({ ...own, max: 128, pattern: SHOWN_LINE, description: 'The provider’s own name of the voice.' })
  voice?: string | null;
  @Text({ ...own, max: 35, pattern: LANGUAGE, description: 'BCP 47.' }) language?: string | null;
  @Text({ ...own, max: 64, description: 'One of the studio’s list.' }) emotion?: string | null;
  @Num({ ...own, min: 0.25, max: 4, description: '1 is the voice’s own pace.' }) pace?: number | null;
}

export class AgentSurfacePatch {
  @Flag(own) enabled?: boolean | null;
  @Text({ ...own, min: 0, max: 8000, pattern: PARAGRAPHS }) system_prompt?: string | null;
}

/** A change: absent leaves, `null` goes back to the built-in default, for a member or a whole section. */
export class AgentConfigPatch {
  @Nested(() => AgentAvatarPatch, own) avatar?: AgentAvatarPatch | null;
  @Nested(() => AgentVoicePatch, own) voice?: AgentVoicePatch | null;
  @Nested(() => AgentSurfacePatch, own) live?: AgentSurfacePatch | null;
  @Nested(() => AgentSurfacePatch, own) social?: AgentSurfacePatch | null;
  @Nested(() => AgentSurfacePatch, own) persona?: AgentSurfacePatch | null;
  @Nested(() => AgentSurfacePatch, own) world?: AgentSurfacePatch | null;
  @Timestamp({ ...own, description: 'Ignored: an answer may be sent back as it came.' }) updated_at?: string | null;
}

export class AgentAvatar {
  @Text({ nullable: true, max: 64 }) name!: string | null;
  @Text({ nullable: true, max: 2048 }) image_url!: string | null;
  @Text({ nullable: true, max: 128 }) vrm_id!: string | null;
  @Text({ nullable: true, max: 2048 }) vrm_url!: string | null;
}

export class AgentVoice {
  @Text({ max: 64 }) tts_provider!: string;
  @Text({ max: 64 }) stt_provider!: string;
  @Text({ nullable: true, max: 128 }) voice!: string | null;
  @Text({ max: 35 }) language!: string;
  @Text({ max: 64 }) emotion!: string;
  @Num({ min: 0.25, max: 4 }) pace!: number;
}

export class AgentSurfaceConfig {
  @Flag() enabled!: boolean;
  @Text({ min: 0, max: 8000 }) system_prompt!: string;
}

/** How a person's agent looks, speaks and behaves. */
export class AgentConfig {
  @Nested(() => AgentAvatar) avatar!: AgentAvatar;
  @Nested(() => AgentVoice) voice!: AgentVoice;
  @Nested(() => AgentSurfaceConfig) live!: AgentSurfaceConfig;
  @Nested(() => AgentSurfaceConfig) social!: AgentSurfaceConfig;
  @Nested(() => AgentSurfaceConfig) persona!: AgentSurfaceConfig;
  @Nested(() => AgentSurfaceConfig) world!: AgentSurfaceConfig;
  @Timestamp({ nullable: true, description: '`null` while it is the built-in default.' }) updated_at!: string | null;
}

export const ReadAgentConfig = command('identity.agent_config.read', {
  request: Empty,
  response: AgentConfig,
  errors: [InvalidToken],
  permission: 'user',
  impersonation: 'allowed',
  summary: 'The caller’s agent; the built-in one until something of it was changed.',
});

export class UpdateAgentConfigRequest {
  /** Checked where the lists of allowed values are, so that every bad field is named at once. */
  @Json() patch!: Record<string, unknown>;
}

export const UpdateAgentConfig = command('identity.agent_config.update', {
  request: UpdateAgentConfigRequest,
  response: AgentConfig,
  errors: [ValidationFailed, InvalidToken],
  permission: 'user',
  impersonation: 'allowed',
  summary: 'Changes some of the caller’s agent: what is left out stays, `null` goes back to the default.',
});
