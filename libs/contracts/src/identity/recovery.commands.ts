import { command } from '../command.js';
import { SecretText } from '../fields.js';
import { TokenInvalid } from '../general.errors.js';
import { EndedSessions } from './sessions.commands.js';

export class SecureAccountRequest {
  @SecretText({ max: 512 }) token!: string;
}

export const SecureAccount = command('identity.account.secure', {
  request: SecureAccountRequest,
  response: EndedSessions,
  errors: [TokenInvalid],
  permission: 'anyone',
  summary:
    'Ends what a notice told of, and mails a link that resets the password; or shuts an account that somebody else made.',
});
