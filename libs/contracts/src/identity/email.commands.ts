import { command } from '../command.js';
import { EmailAddress, SecretText, Text, Timestamp } from '../fields.js';
import {
  InsufficientUserAuthentication,
  InvalidToken,
  Overloaded,
  RateLimited,
  TokenInvalid,
  ValidationFailed,
} from '../general.errors.js';
import { EmailTaken, InvalidCredentials } from './identity.errors.js';
import { EndedSessions } from './sessions.commands.js';
import { User } from './user.js';
import { pattern } from '../patterns.js';

export class ChangeEmailRequest {
  @EmailAddress() new_email!: string;
  @SecretText({
    optional: true,
    min: 0,
    max: 1024,
    description: 'May be left out within five minutes of a sign-in.',
  })
  password?: string;
}

export class EmailChangePending {
  @EmailAddress() new_email!: string;
  @Timestamp({ description: 'Until when the mailed link works.' }) expires_at!: string;
}

export const ChangeEmail = command('identity.email.change', {
  request: ChangeEmailRequest,
  response: EmailChangePending,
  errors: [ValidationFailed, InvalidToken, InvalidCredentials, InsufficientUserAuthentication, RateLimited, Overloaded],
  permission: 'user',
  timeoutMs: 8_000,
  summary: 'Mails a link to the new address; nothing changes before it is used.',
});

export class ConfirmEmailChangeRequest {
  @SecretText({ max: 512 }) token!: string;
}

export const ConfirmEmailChange = command('identity.email.confirm_change', {
  request: ConfirmEmailChangeRequest,
  response: User,
  errors: [TokenInvalid, EmailTaken],
  permission: 'anyone',
  summary: 'Gives the account the address that the token was mailed to, and the old address a link that undoes it.',
});

export class UndoEmailChangeRequest {
  @SecretText({ max: 512 }) token!: string;
}

export const UndoEmailChange = command('identity.email.undo_change', {
  request: UndoEmailChangeRequest,
  response: EndedSessions,
  errors: [TokenInvalid, EmailTaken],
  permission: 'anyone',
  summary: 'Gives the account its old address back, ends every session and mails a link that resets the password.',
});

export class VerifyEmailByCodeRequest {
  @Text({ max: 16, pattern: pattern(/^[\d -]+$/, 'digits only'), description: 'The eight digits of the mail.' })
  code!: string;
}

export const VerifyEmailByCode = command('identity.email.verify_by_code', {
  request: VerifyEmailByCodeRequest,
  response: User,
  errors: [ValidationFailed, InvalidToken, TokenInvalid, RateLimited],
  permission: 'user',
  summary: 'Verifies the caller’s address with the code of the latest mail, for ten minutes after it was asked for.',
});
