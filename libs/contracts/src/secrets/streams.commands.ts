import { command } from '../command.js';
import { Empty } from '../empty.js';
import { error } from '../errors.js';
import { Flag, Int, NestedList, SecretText, Text, Timestamp, Uuid } from '../fields.js';
import { Gone, InvalidToken, NotFound, Unavailable, ValidationFailed } from '../general.errors.js';
import { GrantInvalid } from '../identity/grants.commands.js';
import { IntegrityFailed } from './sealed.commands.js';
import { Sealed } from './secrets.commands.js';
import { pattern } from '../patterns.js';

export const TooManyStreams = error(
  'too_many_streams',
  'conflict',
  'There are as many streams as an account may have.',
);

export const StreamKeyReplaced = error(
  'stream_key_replaced',
  'conflict',
  'The stream key was replaced by another request at the same time.',
);

/** What a person calls something: one line that is not blank. */
export const LABEL_LINE = pattern(/^[^\p{Cc}]*\S[^\p{Cc}]*$/u, 'one line of text that is not blank');
const LABEL = { max: 100, pattern: LABEL_LINE, description: 'What its owner calls it.' };
const PLATFORM = {
  max: 32,
  pattern: pattern(/^[a-z][a-z0-9_-]*$/, 'a name in small letters, digits, _ and -'),
  example: 'twitch',
};
const RTMP_URL = {
  max: 512,
  pattern: pattern(/^rtmps?:\/\/[^\s@/?#]+(\/[^\s]*)?$/i, 'an rtmp:// or rtmps:// address without a password'),
  example: 'rtmp://live.example/app',
};
const STREAM_KEY = {
  max: 512,
  pattern: pattern(/^[\x21-\x7e]+$/, 'printable ASCII without spaces'),
  description: 'As the platform gave it.',
};

/** A destination of broadcasts. Its key is never in it. */
export class Stream {
  @Uuid() id!: string;
  @Text(LABEL) label!: string;
  @Text(PLATFORM) platform!: string;
  @Text({ ...RTMP_URL, nullable: true }) rtmp_url!: string | null;
  @Text({ max: 64, description: 'At most four trailing characters of the key.', example: 'live_••••wxyz' })
  stream_key_preview!: string;
  @Flag() enabled!: boolean;
  @Timestamp() created_at!: string;
  @Timestamp() updated_at!: string;
}

export class CreateStreamRequest {
  @Text(LABEL) label!: string;
  @Text(PLATFORM) platform!: string;
  @Text({ ...RTMP_URL, optional: true, nullable: true }) rtmp_url?: string | null;
  @SecretText(STREAM_KEY) stream_key!: string;
}

export const CreateStream = command('secrets.stream.create', {
  request: CreateStreamRequest,
  response: Stream,
  errors: [ValidationFailed, InvalidToken, TooManyStreams, Gone, Sealed, Unavailable],
  permission: 'user',
  summary: 'Keeps a destination with its stream key, which is sealed and shown masked from then on.',
});

export class StreamList {
  @NestedList(() => Stream) streams!: Stream[];
}

export const ListStreams = command('secrets.stream.list', {
  request: Empty,
  response: StreamList,
  errors: [InvalidToken],
  permission: 'user',
  summary: 'The caller’s destinations, oldest first; keys are masked.',
});

export class StreamRequest {
  @Uuid() stream_id!: string;
}

export class UpdateStreamRequest extends StreamRequest {
  @Text({ ...LABEL, optional: true }) label?: string;
  @Flag({ optional: true }) enabled?: boolean;
}

export const UpdateStream = command('secrets.stream.update', {
  request: UpdateStreamRequest,
  response: Stream,
  errors: [ValidationFailed, InvalidToken, NotFound],
  permission: 'user',
  summary: 'Changes the label, and whether the broadcaster may use it. Nothing else of a destination changes.',
});

export const DeleteStream = command('secrets.stream.delete', {
  request: StreamRequest,
  response: Empty,
  errors: [InvalidToken, NotFound],
  permission: 'user',
  summary: 'Deletes a destination with every version of its key.',
});

export class RevealStreamKeyRequest extends StreamRequest {
  @SecretText({ max: 64, description: 'Leave from identity for this very stream.' }) grant!: string;
}

export class RevealedStreamKey {
  @SecretText({ max: 512 }) stream_key!: string;
}

export const RevealStreamKey = command('secrets.stream.reveal', {
  request: RevealStreamKeyRequest,
  response: RevealedStreamKey,
  errors: [ValidationFailed, InvalidToken, NotFound, GrantInvalid, IntegrityFailed, Gone, Sealed, Unavailable],
  permission: 'user',
  summary: 'The plain stream key, after the password again.',
});

export class ReplaceStreamKeyRequest extends StreamRequest {
  @SecretText(STREAM_KEY) stream_key!: string;
  @Int({
    optional: true,
    min: 0,
    max: 604_800,
    description: 'How long the key before can be looked up still, for a broadcast that runs. Default: a day.',
  })
  grace_seconds?: number;
}

export const ReplaceStreamKey = command('secrets.stream.replace_key', {
  request: ReplaceStreamKeyRequest,
  response: Stream,
  errors: [ValidationFailed, InvalidToken, NotFound, StreamKeyReplaced, Gone, Sealed, Unavailable],
  permission: 'user',
  summary: 'Puts another stream key in the place of the present one, which ends after a time of grace.',
});

export class LookUpStreamsRequest {
  @Uuid() user_id!: string;
  @Text({ optional: true, max: 4000, description: 'Ids, separated by commas. Default: all.' }) ids?: string;
  @Flag({ optional: true, description: 'Also the key before, while its time of grace lasts.' }) previous?: boolean;
}

export class StreamDestination {
  @Uuid() id!: string;
  @Text(PLATFORM) platform!: string;
  @Text({ ...RTMP_URL, nullable: true }) rtmp_url!: string | null;
  @SecretText({ max: 4096, description: 'Plain; a compact JWE (RFC 7516) when the broadcaster’s X25519 key is set.' })
  stream_key!: string;
  @SecretText({ max: 4096, optional: true, description: 'Likewise.' }) previous_stream_key?: string;
}

export class StreamDestinations {
  @NestedList(() => StreamDestination) streams!: StreamDestination[];
}

export const LookUpStreams = command('secrets.stream.look_up', {
  request: LookUpStreamsRequest,
  response: StreamDestinations,
  errors: [ValidationFailed, IntegrityFailed, Gone, Sealed, Unavailable],
  permission: 'internal:streams.read',
  summary: 'A person’s enabled destinations with their keys, for the broadcaster alone.',
});
