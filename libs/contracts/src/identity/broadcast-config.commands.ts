import { command } from '../command.js';
import { Empty } from '../empty.js';
import { Json, Text, Timestamp } from '../fields.js';
import { InvalidToken, ValidationFailed } from '../general.errors.js';
import { UnknownPreset } from './broadcast-config.errors.js';

/** Settings that a stream has instead of the preset's, by the stream's id. */
export type StreamOverrides = Record<string, Record<string, string | number | boolean>>;

/** A change: absent leaves, `null` goes back to the default. */
export class BroadcastConfigPatch {
  @Text({ optional: true, nullable: true, max: 64 }) preset_id?: string | null;
  @Json({
    optional: true,
    nullable: true,
    description:
      '`{ <stream id>: { <setting>: text, number, flag or null } }`, merged into what is there. `null` removes a ' +
      'setting or a stream; an empty object removes all of them.',
  })
  overrides?: Record<string, Record<string, unknown> | null> | null;
  @Timestamp({ optional: true, nullable: true, description: 'Ignored: an answer may be sent back as it came.' })
  updated_at?: string | null;
}

/** What a person's broadcasts are made from. */
export class BroadcastConfig {
  @Text({ max: 64 }) preset_id!: string;
  @Json() overrides!: StreamOverrides;
  @Timestamp({ nullable: true, description: '`null` while it is the built-in default.' }) updated_at!: string | null;
}

export const ReadBroadcastConfig = command('identity.broadcast_config.read', {
  request: Empty,
  response: BroadcastConfig,
  errors: [InvalidToken],
  permission: 'user',
  impersonation: 'allowed',
  summary: 'The caller’s preset and overrides; the default preset without any until one was chosen.',
});

export class UpdateBroadcastConfigRequest {
  /** Checked where the presets are, so that every bad field is named at once. */
  @Json() patch!: Record<string, unknown>;
}

export const UpdateBroadcastConfig = command('identity.broadcast_config.update', {
  request: UpdateBroadcastConfigRequest,
  response: BroadcastConfig,
  errors: [ValidationFailed, UnknownPreset, InvalidToken],
  permission: 'user',
  impersonation: 'allowed',
  summary: 'Chooses a preset, overrides its settings stream by stream, or both.',
});
