import { command } from '../command.js';
import { Empty } from '../empty.js';
import { error } from '../errors.js';
import { Flag, Json, NestedList, SecretText, Text, Timestamp, Uuid } from '../fields.js';
import {
  InvalidToken,
  NotFound,
  RateLimited,
  TokenInvalid,
  UnknownClient,
  ValidationFailed,
} from '../general.errors.js';
import { GrantNotAllowed, InvalidCredentials } from './identity.errors.js';
import { SignedIn } from './tokens.js';
import { PLAIN } from './user.js';

export const PasskeyRefused = error('passkey_refused', 'invalid', 'The passkey’s answer could not be verified.');
export const PasskeyKnown = error('passkey_known', 'conflict', 'This passkey is registered already.');
export const LastPasskey = error('last_credential', 'conflict', 'This is the last way into the account.');

/** Seconds since the last sign-in within which a factor may be changed (R-SE7). */
const FRESH = 300;
const CLIENT = { optional: true, max: 64, pattern: PLAIN };

/** A ceremony that the browser is asked to perform (Web Authentication, level 3). */
export class PasskeyCeremony {
  @Uuid({ description: 'Names the ceremony in its second half; good once, for five minutes.' }) ceremony_id!: string;
  @Json({ description: 'For `navigator.credentials`, in the JSON form of the specification.' })
  options!: Record<string, unknown>;
}

/** What the browser’s authenticator answered. */
export class PasskeyAnswer {
  @Uuid() ceremony_id!: string;
  @Json({ description: 'The credential, as `PublicKeyCredential.toJSON()` gives it.' })
  credential!: Record<string, unknown>;
}

export class Passkey {
  @Uuid() id!: string;
  @Text({ max: 64 }) name!: string;
  @Timestamp() created_at!: string;
  @Timestamp({ nullable: true }) last_used_at!: string | null;
  @Flag({ description: 'Whether it is synchronized between devices.' }) backed_up!: boolean;
  @Flag({ description: 'Its counter went backwards once: perhaps there is a copy of it.' }) suspicious!: boolean;
}

export const StartPasskeyRegistration = command('identity.passkey.start_registration', {
  request: Empty,
  response: PasskeyCeremony,
  errors: [InvalidToken],
  permission: 'user',
  freshAuth: FRESH,
  summary: 'Begins to register a passkey.',
});

export class FinishPasskeyRegistrationRequest extends PasskeyAnswer {
  @Text({ optional: true, max: 64, pattern: PLAIN, description: 'What its person calls it.' }) name?: string;
}

export const FinishPasskeyRegistration = command('identity.passkey.finish_registration', {
  request: FinishPasskeyRegistrationRequest,
  response: Passkey,
  errors: [ValidationFailed, InvalidToken, PasskeyRefused, PasskeyKnown, TokenInvalid],
  permission: 'user',
  freshAuth: FRESH,
  summary: 'Registers the passkey that was made.',
});

export class StartPasskeySignInRequest {
  @Text(CLIENT) client_id?: string;
}

export const StartPasskeySignIn = command('identity.passkey.start_sign_in', {
  request: StartPasskeySignInRequest,
  response: PasskeyCeremony,
  errors: [ValidationFailed, UnknownClient, GrantNotAllowed],
  permission: 'anyone',
  summary: 'Begins a sign-in with a passkey; nobody has to say who they are.',
});

export class FinishPasskeySignInRequest extends PasskeyAnswer {
  @Text(CLIENT) client_id?: string;
}

export const FinishPasskeySignIn = command('identity.passkey.finish_sign_in', {
  request: FinishPasskeySignInRequest,
  response: SignedIn,
  errors: [ValidationFailed, UnknownClient, GrantNotAllowed, PasskeyRefused, TokenInvalid, InvalidCredentials],
  permission: 'anyone',
  summary: 'Signs in with a passkey. It counts as two factors: the authenticator, and what it asks its person for.',
});

export class StartPasskeySecondFactorRequest {
  @SecretText({ max: 1024 }) mfa_token!: string;
}

export const StartPasskeySecondFactor = command('identity.passkey.start_second_factor', {
  request: StartPasskeySecondFactorRequest,
  response: PasskeyCeremony,
  errors: [ValidationFailed, TokenInvalid],
  permission: 'anyone',
  summary: 'Begins to show a passkey as the second factor of a sign-in.',
});

export class FinishPasskeySecondFactorRequest extends PasskeyAnswer {
  @SecretText({ max: 1024 }) mfa_token!: string;
}

export const FinishPasskeySecondFactor = command('identity.passkey.finish_second_factor', {
  request: FinishPasskeySecondFactorRequest,
  response: SignedIn,
  errors: [ValidationFailed, TokenInvalid, PasskeyRefused, RateLimited, InvalidCredentials, GrantNotAllowed],
  permission: 'anyone',
  summary: 'Ends a sign-in that asked for a second factor, with a passkey.',
});

export class PasskeyList {
  @NestedList(() => Passkey) passkeys!: Passkey[];
}

export const ListPasskeys = command('identity.passkey.list', {
  request: Empty,
  response: PasskeyList,
  errors: [InvalidToken],
  permission: 'user',
  summary: 'The caller’s passkeys.',
});

export class RemovePasskeyRequest {
  @Uuid() passkey_id!: string;
}

export const RemovePasskey = command('identity.passkey.remove', {
  request: RemovePasskeyRequest,
  response: Empty,
  errors: [ValidationFailed, InvalidToken, NotFound, LastPasskey],
  permission: 'user',
  freshAuth: FRESH,
  summary: 'Removes one of the caller’s passkeys; never the last way into the account.',
});
