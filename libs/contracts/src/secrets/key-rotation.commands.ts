import { command } from '../command.js';
import { Empty } from '../empty.js';
import { Id, Int, NestedList, Text, Timestamp } from '../fields.js';
import { Sealed } from './secrets.commands.js';
import { Unavailable, ValidationFailed } from '../general.errors.js';

export class WrappedKeys {
  @Text({ max: 512, description: 'The key-encryption key.' }) kek!: string;
  @Int({ min: 0, description: 'Data keys that it wraps.' }) data_keys!: number;
}

export class KekStatus {
  @Text({ max: 512, description: 'The key-encryption key that wraps from now on.' }) current!: string;
  @NestedList(() => WrappedKeys) wrapped_by!: WrappedKeys[];
  @Int({ min: 0, description: 'Data keys that have yet to be wrapped anew; 0 means that older keys may go.' })
  remaining!: number;
  @Timestamp({ nullable: true, description: 'When the rotation that is under way was ordered.' })
  rotating_since!: string | null;
}

export const ReadKekStatus = command('secrets.kek.read', {
  request: Empty,
  response: KekStatus,
  errors: [Sealed],
  permission: 'internal:keys.rotate',
  summary: 'Which key-encryption keys wrap how many data keys, and how much is left of a rotation.',
});

export const RotateKek = command('secrets.kek.rotate', {
  request: Empty,
  response: KekStatus,
  errors: [Sealed, Unavailable],
  permission: 'internal:keys.rotate',
  summary:
    'Wraps every data key anew with the present key-encryption key, in batches and in the background; goes on after a restart.',
});

export class RotateDataKeysRequest {
  @Id({ optional: true, description: 'Only the keys of this owner.' }) owner_id?: string;
  @Int({ optional: true, min: 0, max: 36_500, description: 'Only keys that are older; default 0: all.' })
  older_than_days?: number;
}

export class RotatedDataKeys {
  @Int({ min: 0, description: 'Keys that seal no more; they go on opening what they have sealed.' }) retired!: number;
}

export const RotateDataKeys = command('secrets.data_key.rotate', {
  request: RotateDataKeysRequest,
  response: RotatedDataKeys,
  errors: [ValidationFailed, Sealed],
  permission: 'internal:keys.rotate',
  timeoutMs: 30_000,
  concurrency: 1,
  summary: 'Lets data keys seal no more; values are sealed anew when they are next used.',
});
