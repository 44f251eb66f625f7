import { command } from '../command.js';
import { Empty } from '../empty.js';
import { NestedList, OneOf, Text, TextList, Timestamp, Uuid } from '../fields.js';
import { InvalidToken, ValidationFailed } from '../general.errors.js';

/** Somebody who is there: seen within the last two minutes, and not invisible. */
export class OnlineUser {
  @Uuid() id!: string;
  @Text({ max: 64 }) username!: string;
  @Text({ nullable: true, max: 64 }) display_name!: string | null;
  @Text({ nullable: true, max: 2048 }) avatar_url!: string | null;
  @OneOf(['online', 'away', 'busy']) status!: 'online' | 'away' | 'busy';
  @Timestamp() last_seen!: string;
}

export class OnlineUsers {
  @NestedList(() => OnlineUser, { max: 1_000 }) users!: OnlineUser[];
}

export const ListOnline = command('identity.presence.list', {
  request: Empty,
  response: OnlineUsers,
  errors: [InvalidToken],
  permission: 'user',
  summary: 'Who is there, the one seen last first; at most a thousand.',
});

export class NoteSeenRequest {
  @TextList({ max: 5_000, description: 'People with an open connection.' }) user_ids!: string[];
}

export const NoteSeen = command('identity.presence.note', {
  request: NoteSeenRequest,
  response: Empty,
  errors: [ValidationFailed],
  permission: 'apps',
  callers: ['realtime'],
  summary: 'Counts people as seen who have a connection open; told by each replica of realtime, many at once.',
});

export class NoteLeftRequest {
  @TextList({ max: 5_000, description: 'People who closed their last connection to a replica, and were not cut off.' })
  user_ids!: string[];
}

export const NoteLeft = command('identity.presence.leave', {
  request: NoteLeftRequest,
  response: Empty,
  errors: [ValidationFailed],
  permission: 'apps',
  callers: ['realtime'],
  summary: 'Counts people as gone unless they are noted again within seconds; told by each replica of realtime.',
});
