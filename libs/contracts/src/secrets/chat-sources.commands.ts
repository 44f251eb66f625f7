import { command } from '../command.js';
import { Empty } from '../empty.js';
import { error } from '../errors.js';
import { Flag, Json, NestedList, OneOf, Text, Timestamp, Uuid } from '../fields.js';
import { Gone, InvalidToken, NotFound, Unavailable, ValidationFailed } from '../general.errors.js';
import { Sealed } from './secrets.commands.js';
import { LABEL_LINE } from './streams.commands.js';

export const CHAT_PLATFORMS = ['youtube', 'twitch', 'kick'] as const;
export type ChatPlatform = (typeof CHAT_PLATFORMS)[number];

/** `reconnect_needed`: the platform has taken its leave back, and its person has to connect it again. */
export const CHAT_SOURCE_STATES = ['ok', 'reconnect_needed'] as const;

export const TooManyChatSources = error(
  'too_many_chat_sources',
  'conflict',
  'There are as many chat sources as an account may have.',
);

const LABEL = { max: 100, pattern: LABEL_LINE, description: 'What its owner calls it.' };

/** Where chat messages come from. What it takes to read them is never in it. */
export class ChatSource {
  @Uuid() id!: string;
  @OneOf(CHAT_PLATFORMS) platform!: ChatPlatform;
  @Text({ ...LABEL, nullable: true }) label!: string | null;
  @Json({ description: 'Names of channels as they are; whatever could be a secret masked.' })
  config!: Record<string, string | number | boolean>;
  @Flag({ description: 'Whether it was connected at the platform, and its tokens are kept fresh.' })
  connected!: boolean;
  @OneOf(CHAT_SOURCE_STATES) status!: (typeof CHAT_SOURCE_STATES)[number];
  @Timestamp() created_at!: string;
  @Timestamp() updated_at!: string;
}

export class CreateChatSourceRequest {
  @OneOf(CHAT_PLATFORMS) platform!: ChatPlatform;
  @Text({ ...LABEL, optional: true, nullable: true }) label?: string | null;
  @Json({
    description: 'Up to 32 members, each a text, a number or a flag: the channel, and what it takes to read its chat.',
    example: { channel: 'somebody', oauth_token: 'oauth:…' },
  })
  config!: Record<string, unknown>;
}

export const CreateChatSource = command('secrets.chat_source.create', {
  request: CreateChatSourceRequest,
  response: ChatSource,
  errors: [ValidationFailed, InvalidToken, TooManyChatSources, Gone, Sealed, Unavailable],
  permission: 'user',
  summary: 'Keeps where chat messages come from; its configuration is sealed and shown masked from then on.',
});

export class ChatSourceList {
  @NestedList(() => ChatSource) chat_sources!: ChatSource[];
}

export const ListChatSources = command('secrets.chat_source.list', {
  request: Empty,
  response: ChatSourceList,
  errors: [InvalidToken],
  permission: 'user',
  summary: 'The caller’s chat sources, oldest first.',
});

export class ChatSourceRequest {
  @Uuid() chat_source_id!: string;
}

export const DeleteChatSource = command('secrets.chat_source.delete', {
  request: ChatSourceRequest,
  response: Empty,
  errors: [InvalidToken, NotFound, Sealed, Unavailable],
  permission: 'user',
  summary: 'Deletes a chat source; tokens of a connected one are revoked at the platform.',
});
