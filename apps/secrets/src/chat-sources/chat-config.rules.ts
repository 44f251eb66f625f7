import { ValidationFailed, type FieldError } from '#contracts';
import { previewOf } from '../vault/preview.rules.js';

/** What a chat source is configured with. */
export type ChatConfig = Record<string, string | number | boolean>;

const MEMBER = /^[a-z][a-z0-9_]{0,63}$/i;
const MOST_MEMBERS = 32;
const LONGEST_TEXT = 4_096;
const LONGEST_CONFIG = 16_384;

/** Members that name a channel and open nothing. What is not among them may be a secret, and is shown masked. */
const PUBLIC = new Set([
  ...['channel', 'channel_id', 'channel_name', 'channel_title', 'chatroom_id', 'live_chat_id', 'video_id'],
  ...['username', 'user_id', 'broadcaster_id', 'handle', 'slug', 'scope', 'expires_at'],
]);

/** @throws Refusal `validation_failed` that names every member that cannot be kept */
export function readConfig(config: Record<string, unknown>): ChatConfig {
  const errors = [...memberErrors(config), ...sizeErrors(config)];
  if (!errors.length) return config as ChatConfig;
  throw ValidationFailed.with({ detail: `Mend these fields: ${errors.map((e) => e.field).join(', ')}.`, errors });
}

function memberErrors(config: Record<string, unknown>): FieldError[] {
  return Object.entries(config).flatMap(([name, value]) => {
    if (!MEMBER.test(name)) return [{ field: 'config', code: 'invalid', detail: improper(name) }];
    const field = `config.${name}`;
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      return [{ field, code: 'invalid_type', detail: `${field} must be a text, a number or a flag.` }];
    }
    if (String(value).length <= LONGEST_TEXT) return [];
    return [{ field, code: 'too_long', detail: `${field} has more than ${LONGEST_TEXT} characters.` }];
  });
}

/** The name is the sender's own, and may be anything. */
const improper = (name: string): string =>
  `config has a member called ${JSON.stringify(name.slice(0, 64))}; a name is a letter and up to 63 letters, digits and _.`;

function sizeErrors(config: Record<string, unknown>): FieldError[] {
  const members = Object.keys(config).length;
  if (members === 0) return [{ field: 'config', code: 'required', detail: 'config has no members.' }];
  if (members > MOST_MEMBERS || JSON.stringify(config).length > LONGEST_CONFIG) {
    return [{ field: 'config', code: 'too_many', detail: `config has more than ${MOST_MEMBERS} members or 16 KiB.` }];
  }
  return [];
}

/** How a configuration is shown (SEC18). */
export const maskedConfig = (config: ChatConfig): ChatConfig =>
  Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, PUBLIC.has(name) ? value : maskedValue(value)]),
  );

const maskedValue = (value: string | number | boolean): string | boolean =>
  typeof value === 'boolean' ? value : previewOf(String(value));
