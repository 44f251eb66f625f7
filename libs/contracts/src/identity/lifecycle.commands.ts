import { command } from '../command.js';
import { Empty } from '../empty.js';
import { EmailAddress, Int, Json, NestedList, OneOf, SecretText, TextList, Timestamp, Uuid } from '../fields.js';
import {
  InsufficientUserAuthentication,
  InvalidToken,
  NotFound,
  Overloaded,
  RateLimited,
  TokenInvalid,
  Unavailable,
  ValidationFailed,
} from '../general.errors.js';
import { LastAdmin } from './admin.errors.js';
import { READ_MAX_AGE } from './admin-freshness.js';
import { InvalidCredentials } from './identity.errors.js';
import { ERASING_APPS } from './lifecycle.events.js';
import { EndedSessions } from './sessions.commands.js';

export class DeleteAccountRequest {
  @SecretText({ optional: true, min: 0, max: 1024, description: 'May be left out within five minutes of a sign-in.' })
  password?: string;
}

export const DeleteAccount = command('identity.account.delete', {
  request: DeleteAccountRequest,
  response: EndedSessions,
  errors: [
    ...[ValidationFailed, InvalidToken, InvalidCredentials, InsufficientUserAuthentication],
    ...[LastAdmin, RateLimited, Overloaded],
  ],
  permission: 'user',
  timeoutMs: 8_000,
  summary:
    'Closes the caller’s account: signed out everywhere at once, erased in every service when the time to undo it is over.',
});

export class UndoDeletionRequest {
  @SecretText({ max: 512 }) token!: string;
}

export const UndoDeletion = command('identity.account.undo_deletion', {
  request: UndoDeletionRequest,
  response: Empty,
  errors: [ValidationFailed, TokenInvalid],
  permission: 'anyone',
  summary: 'Opens an account again that is not erased yet; its person signs in anew.',
});

/** Everything held about a person, by service. */
export class PersonalDataFile {
  @Timestamp() exported_at!: string;
  @Uuid() user_id!: string;
  @Json({ description: 'What each service holds, by its name.' }) services!: Record<string, unknown>;
}

export const ExportPersonalData = command('identity.personal_data.export', {
  request: Empty,
  response: PersonalDataFile,
  errors: [InvalidToken, RateLimited, Unavailable],
  permission: 'user',
  freshAuth: 300,
  timeoutMs: 15_000,
  concurrency: 4,
  summary: 'Everything held about the caller, in one file; no passwords, keys or tokens, and nothing about others.',
});

export class ErasureRequest {
  @Uuid() erasure_id!: string;
}

/** Whom an erasure is about, for services that know people by their address. */
export class ErasureSubject {
  @Uuid() user_id!: string;
  @EmailAddress({ nullable: true, description: 'Only when the person has proven it: else it may be somebody else’s.' })
  email!: string | null;
}

export const ReadErasure = command('identity.erasure.read', {
  request: ErasureRequest,
  response: ErasureSubject,
  errors: [NotFound],
  permission: 'apps',
  callers: ['licensing', 'fulfillment'],
  summary: 'Whom an erasure is about; known until every service has acknowledged it, and to nobody after that.',
});

export const AcknowledgeErasure = command('identity.erasure.acknowledge', {
  request: ErasureRequest,
  response: Empty,
  permission: 'apps',
  callers: [...ERASING_APPS],
  summary: 'The calling service holds nothing of that person any more.',
});

export class Erasure {
  @Uuid() id!: string;
  @Uuid({ nullable: true, description: '`null` once the state is `erased`.' }) user_id!: string | null;
  @OneOf(['waiting', 'erasing', 'erased']) state!: string;
  @Timestamp() requested_at!: string;
  @Timestamp({ description: 'Until then it can be undone.' }) due_at!: string;
  @TextList() acknowledged!: string[];
  @TextList({ description: 'Services that have not said yet that they are done.' }) waiting_for!: string[];
  @Int({ min: 0, description: 'How often the services were told.' }) told!: number;
  @Timestamp({ nullable: true }) erased_at!: string | null;
}

export class ListErasuresRequest {
  @OneOf(['waiting', 'erasing', 'erased'], { optional: true }) state?: string;
  @Uuid({ optional: true, description: 'Id of the last one of the page before.' }) after?: string;
}

export class ErasureList {
  @NestedList(() => Erasure, { max: 200 }) erasures!: Erasure[];
}

export const ListErasures = command('identity.erasure.list', {
  request: ListErasuresRequest,
  response: ErasureList,
  errors: [ValidationFailed],
  permission: 'permission:users.read',
  freshAuth: READ_MAX_AGE,
  summary: 'Accounts that are being erased or were, newest first, and which services have yet to do it.',
});
