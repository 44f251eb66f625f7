import { command } from '../command.js';
import { Empty } from '../empty.js';
import { error } from '../errors.js';
import { Id, Int, OneOf, SecretText } from '../fields.js';
import { InvalidToken, Overloaded, RateLimited, ValidationFailed } from '../general.errors.js';
import { InvalidCredentials } from './identity.errors.js';

/** What a person may be asked the password again for. */
export const GRANT_ACTIONS = ['stream.reveal'] as const;
export type GrantAction = (typeof GRANT_ACTIONS)[number];

export const GrantInvalid = error(
  'grant_invalid',
  'forbidden',
  'This leave was used before, has ended or is another’s.',
);

export class ConfirmPasswordRequest {
  @SecretText({ min: 0, max: 1024 }) password!: string;
  @OneOf(GRANT_ACTIONS) action!: GrantAction;
  @Id({ description: 'The record that the action is about.' }) record!: string;
}

export class ActionGrant {
  @SecretText({ max: 64, description: 'Good for one use, by the same session, for that action on that record.' })
  grant!: string;
  @Int({ min: 1, description: 'Seconds.' }) expires_in!: number;
}

export const ConfirmPassword = command('identity.password.confirm', {
  request: ConfirmPasswordRequest,
  response: ActionGrant,
  errors: [ValidationFailed, InvalidToken, InvalidCredentials, RateLimited, Overloaded],
  permission: 'apps',
  callers: ['gateway'],
  timeoutMs: 8_000,
  summary: 'Asks the caller for the password again, and gives leave for one action on one record.',
});

export class RedeemGrantRequest {
  @SecretText({ max: 64 }) grant!: string;
  @OneOf(GRANT_ACTIONS) action!: GrantAction;
  @Id() record!: string;
}

export const RedeemGrant = command('identity.grant.redeem', {
  request: RedeemGrantRequest,
  response: Empty,
  errors: [ValidationFailed, InvalidToken, GrantInvalid],
  permission: 'apps',
  callers: ['secrets'],
  summary: 'Uses up the caller’s leave; of any number of tries at once one succeeds.',
});
