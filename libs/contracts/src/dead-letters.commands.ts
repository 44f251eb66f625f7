import { command } from './command.js';
import { Empty } from './empty.js';
import { Int, Json, NestedList, Text, Timestamp, Uuid } from './fields.js';
import { NotFound } from './general.errors.js';
import { DATA_APPS, type DataAppName } from './topology.js';

/** An event that a listener could not handle in five tries. */
export class DeadLetter {
  @Uuid() id!: string;
  @Text({ max: 128 }) event_id!: string;
  @Text({ max: 128 }) event!: string;
  @Json() data!: Record<string, unknown>;
  @Text({ max: 1000 }) error!: string;
  @Int({ min: 1 }) tries!: number;
  @Timestamp() at!: string;
}

export class DeadLetterList {
  @NestedList(() => DeadLetter) dead_letters!: DeadLetter[];
}

export class DeadLetterRequest {
  @Uuid() id!: string;
}

const of = (app: DataAppName) => ({
  list: command(`${app}.dead_letter.list`, {
    request: Empty,
    response: DeadLetterList,
    permission: 'internal:dead_letters',
    summary: `Events that ${app} could not handle, newest first, at most 200.`,
  }),
  replay: command(`${app}.dead_letter.replay`, {
    request: DeadLetterRequest,
    response: Empty,
    errors: [NotFound],
    permission: 'internal:dead_letters',
    summary: `Handles a dead letter of ${app} again; it is gone when that succeeds.`,
  }),
  discard: command(`${app}.dead_letter.discard`, {
    request: DeadLetterRequest,
    response: Empty,
    errors: [NotFound],
    permission: 'internal:dead_letters',
    summary: `Gives a dead letter of ${app} up.`,
  }),
});

/** `list`, `replay` and `discard` of each app with a database. */
export const DeadLetters = Object.fromEntries(DATA_APPS.map((app) => [app, of(app)])) as Record<
  DataAppName,
  ReturnType<typeof of>
>;
