import { command } from '../command.js';
import { Empty } from '../empty.js';
import { EmailAddress, SecretText } from '../fields.js';
import { InvalidToken, Overloaded, RateLimited, TokenInvalid, ValidationFailed } from '../general.errors.js';
import { InvalidCredentials, PasswordTooWeak } from './identity.errors.js';
import { EndedSessions } from './sessions.commands.js';

export class ChangePasswordRequest {
  @SecretText({ min: 0, max: 1024 }) current_password!: string;
  @SecretText({ min: 8, max: 1024, description: 'At least 12 characters; every character counts.' })
  new_password!: string;
}

export const ChangePassword = command('identity.password.change', {
  request: ChangePasswordRequest,
  response: EndedSessions,
  errors: [ValidationFailed, InvalidToken, InvalidCredentials, PasswordTooWeak, RateLimited, Overloaded],
  permission: 'user',
  timeoutMs: 8_000,
  summary: 'Changes the caller’s password; every other session ends at once, and no mailed link works any more.',
});

export class ForgotPasswordRequest {
  @EmailAddress() email!: string;
}

export const ForgotPassword = command('identity.password.forgot', {
  request: ForgotPasswordRequest,
  response: Empty,
  errors: [ValidationFailed],
  permission: 'anyone',
  summary: 'Mails a link that resets the password, if there is such an account; answers the same when there is none.',
});

export class ResetPasswordRequest {
  @SecretText({ max: 512 }) token!: string;
  @SecretText({ min: 8, max: 1024, description: 'At least 12 characters; every character counts.' })
  new_password!: string;
}

export const ResetPassword = command('identity.password.reset', {
  request: ResetPasswordRequest,
  response: EndedSessions,
  errors: [ValidationFailed, TokenInvalid, PasswordTooWeak, Overloaded],
  permission: 'anyone',
  timeoutMs: 8_000,
  summary:
    'Sets a new password with a mailed token, once. Every session ends; nobody is signed in, so a second factor is still asked for.',
});
