import { command } from '../command.js';
import { Empty } from '../empty.js';
import { Flag, Int, Nested, NestedList, OneOf, Text, TextList, Timestamp, Uuid } from '../fields.js';
import { Forbidden, NotFound, UnknownClient, ValidationFailed } from '../general.errors.js';
import { LastAdmin, NoAddress, NotImpersonable } from './admin.errors.js';
import { CHANGE_MAX_AGE, READ_MAX_AGE } from './admin-freshness.js';
import { EndedSessions } from './sessions.commands.js';
import { SignedIn } from './tokens.js';
import { PLAIN, User } from './user.js';

export const ACCOUNT_STATES = ['active', 'suspended', 'deleted'] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];

/** An account as staff sees it. */
export class ManagedUser extends User {
  @OneOf(ACCOUNT_STATES) account_status!: AccountState;
  @Timestamp({ nullable: true }) last_seen_at!: string | null;
  @Timestamp({ nullable: true }) deleted_at!: string | null;
  @Int({ description: 'Sessions that are live.' }) sessions!: number;
}

export class SearchUsersRequest {
  @Text({ optional: true, max: 254, pattern: PLAIN, description: 'Id, or the beginning of address or username.' })
  q?: string;
  @Text({ optional: true, max: 254, pattern: PLAIN, description: 'Beginning of the address.' }) email?: string;
  @Text({ optional: true, max: 64, pattern: PLAIN, description: 'Beginning of the username.' }) username?: string;
  @Text({ optional: true, max: 32, pattern: PLAIN }) role?: string;
  @OneOf(ACCOUNT_STATES, { optional: true, description: 'Default: all but the deleted.' }) status?: AccountState;
  @Text({ optional: true, max: 64, pattern: PLAIN, description: '`next_cursor` of the page before.' }) cursor?: string;
  @Int({ optional: true, min: 1, max: 200 }) limit?: number;
}

export class UserPage {
  @NestedList(() => ManagedUser) users!: ManagedUser[];
  @Text({ nullable: true, max: 64 }) next_cursor!: string | null;
}

export const SearchUsers = command('identity.user.search', {
  request: SearchUsersRequest,
  response: UserPage,
  errors: [ValidationFailed],
  permission: 'permission:users.read',
  freshAuth: READ_MAX_AGE,
  summary: 'Finds accounts, the newest first.',
});

export class UserRequest {
  @Uuid() user_id!: string;
}

export class NotedUserRequest extends UserRequest {
  @Text({ optional: true, max: 500, description: 'Why; for the audit log.' }) reason?: string;
}

/** An account after a change, and what ended with it, for the gateway's own revocation list. */
export class ChangedUser extends EndedSessions {
  @Nested(() => ManagedUser) user!: ManagedUser;
}

export const ReadUser = command('identity.user.read', {
  request: UserRequest,
  response: ManagedUser,
  errors: [NotFound],
  permission: 'permission:users.read',
  freshAuth: READ_MAX_AGE,
  summary: 'One account, also a deleted one.',
});

const change = { response: ChangedUser, freshAuth: CHANGE_MAX_AGE };

export const SuspendUser = command('identity.user.suspend', {
  ...change,
  request: NotedUserRequest,
  errors: [NotFound, Forbidden, LastAdmin],
  permission: 'permission:users.suspend',
  summary: 'Shuts an account: sessions and devices end at once, and every way in answers as to a wrong password.',
});

export const RestoreUser = command('identity.user.restore', {
  ...change,
  request: NotedUserRequest,
  errors: [NotFound, Forbidden],
  permission: 'permission:users.suspend',
  summary: 'Opens a suspended or deleted account again.',
});

export const CloseUser = command('identity.user.close', {
  ...change,
  request: NotedUserRequest,
  errors: [NotFound, Forbidden, LastAdmin],
  permission: 'permission:users.delete',
  summary: 'Deletes an account softly: nobody gets in, its address stays taken, and it can be restored.',
});

export const SignOutUser = command('identity.user.sign_out', {
  ...change,
  request: NotedUserRequest,
  errors: [NotFound, Forbidden],
  permission: 'permission:sessions.end',
  summary: 'Ends every session and every paired device of an account.',
});

export const TriggerPasswordReset = command('identity.user.reset_password', {
  request: NotedUserRequest,
  response: Empty,
  errors: [NotFound, Forbidden, NoAddress],
  permission: 'permission:users.reset_password',
  freshAuth: CHANGE_MAX_AGE,
  summary: 'Mails the person a link for a new password; nobody else sees or chooses it.',
});

export class ImpersonateRequest extends UserRequest {
  @Text({ min: 3, max: 500, description: 'Why; for the audit log.' }) reason!: string;
  @Text({ optional: true, max: 64, pattern: PLAIN }) client_id?: string;
}

export const Impersonate = command('identity.user.impersonate', {
  request: ImpersonateRequest,
  response: SignedIn,
  errors: [ValidationFailed, UnknownClient, NotFound, NotImpersonable],
  permission: 'permission:users.impersonate',
  freshAuth: CHANGE_MAX_AGE,
  timeoutMs: 8_000,
  summary: 'A session in a person’s name, for an hour at most, without refresh; its tokens say who acts.',
});

/** A session as staff sees it. */
export class ManagedSession {
  @Uuid() id!: string;
  @Uuid() user_id!: string;
  @Text() client_id!: string;
  @Text({ nullable: true, max: 512 }) user_agent!: string | null;
  @Text({ nullable: true, max: 64 }) ip!: string | null;
  @TextList() amr!: string[];
  @Timestamp() auth_time!: string;
  @Timestamp() created_at!: string;
  @Timestamp() last_used_at!: string;
  @Timestamp() expires_at!: string;
  @Flag() active!: boolean;
  @Timestamp({ nullable: true }) revoked_at!: string | null;
  @Text({ nullable: true, max: 64 }) revoked_reason!: string | null;
  @Uuid({ nullable: true }) impersonated_by!: string | null;
}

export class SearchSessionsRequest {
  @Uuid({ optional: true }) user_id?: string;
  @Text({ optional: true, max: 64, pattern: PLAIN }) client_id?: string;
  @Text({ optional: true, max: 64, pattern: PLAIN }) ip?: string;
  @Flag({ optional: true, description: 'Default: true. With false also those that have ended.' }) active?: boolean;
  @Text({ optional: true, max: 64, pattern: PLAIN, description: '`next_cursor` of the page before.' }) cursor?: string;
  @Int({ optional: true, min: 1, max: 200 }) limit?: number;
}

export class SessionPage {
  @NestedList(() => ManagedSession) sessions!: ManagedSession[];
  @Text({ nullable: true, max: 64 }) next_cursor!: string | null;
}

export const SearchSessions = command('identity.session.search', {
  request: SearchSessionsRequest,
  response: SessionPage,
  errors: [ValidationFailed],
  permission: 'permission:sessions.read',
  freshAuth: READ_MAX_AGE,
  summary: 'Sessions of an account or of all, the newest first.',
});

export class ManagedSessionRequest {
  @Uuid() session_id!: string;
}

export const ReadSession = command('identity.session.read', {
  request: ManagedSessionRequest,
  response: ManagedSession,
  errors: [NotFound],
  permission: 'permission:sessions.read',
  freshAuth: READ_MAX_AGE,
  summary: 'One session, live or ended.',
});

export const EndSession = command('identity.session.end', {
  request: ManagedSessionRequest,
  response: EndedSessions,
  errors: [NotFound, Forbidden],
  permission: 'permission:sessions.end',
  freshAuth: CHANGE_MAX_AGE,
  summary: 'Ends one session of anybody, with its access tokens.',
});
